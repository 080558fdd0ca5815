package dev.brig.runtime.container;

import dev.brig.runtime.json.JsonIn;
import dev.brig.runtime.json.JsonOut;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The snapshots of one container: the file `snapshots.json`.
///
/// @param current the snapshot on which the container stands, or empty for its image
/// @param snapshots all, in the order in which they were made
public record SnapshotList(String current, List<Snapshot> snapshots) {
  /// None.
  public static final SnapshotList EMPTY = new SnapshotList("", List.of());

  /// Copies the list.
  public SnapshotList {
    snapshots = List.copyOf(snapshots);
  }

  /// Returns the snapshot of this name.
  public Optional<Snapshot> find(String name) {
    for (Snapshot snapshot : snapshots) {
      if (snapshot.name().equals(name)) {
        return Optional.of(snapshot);
      }
    }
    return Optional.empty();
  }

  /// Returns the list with a further snapshot, on which the container now stands.
  public SnapshotList with(Snapshot snapshot) {
    List<Snapshot> more = new ArrayList<>(snapshots);
    more.add(snapshot);
    return new SnapshotList(snapshot.name(), more);
  }

  /// Returns the list without a snapshot; what was made on it counts as made on its parent.
  public SnapshotList without(Snapshot removed) {
    List<Snapshot> rest = new ArrayList<>();
    for (Snapshot each : snapshots) {
      if (each.name().equals(removed.name())) {
        continue;
      }
      boolean child = each.parent().equals(removed.name());
      rest.add(
          child
              ? new Snapshot(
                  each.name(),
                  removed.parent(),
                  each.createdSeconds(),
                  each.comment(),
                  each.layers())
              : each);
    }
    return new SnapshotList(current.equals(removed.name()) ? removed.parent() : current, rest);
  }

  /// Returns the list with the container standing on another snapshot.
  public SnapshotList standingOn(String name) {
    return new SnapshotList(name, snapshots);
  }

  /// Returns the text of the file.
  String write() {
    StringWriter text = new StringWriter(1024);
    JsonOut out = new JsonOut(text);
    out.beginObject();
    out.optional("current", current);
    out.beginArray("snapshots");
    for (Snapshot snapshot : snapshots) {
      out.beginObject();
      out.required("name", snapshot.name());
      out.optional("parent", snapshot.parent());
      out.required("created", snapshot.createdSeconds());
      out.optional("comment", snapshot.comment());
      out.beginArray("layers");
      for (Path layer : snapshot.layers()) {
        out.element(layer.toString());
      }
      out.endArray();
      out.endObject();
    }
    out.endArray();
    out.endObject();
    return text.append('\n').toString();
  }

  /// Reads the text of the file.
  ///
  /// @throws dev.brig.runtime.json.JsonException if it is damaged
  static SnapshotList read(String text) {
    JsonIn in = new JsonIn(new StringReader(text));
    String current = "";
    List<Snapshot> snapshots = new ArrayList<>();
    in.beginObject();
    while (in.nextName()) {
      switch (in.name()) {
        case "current" -> current = in.string();
        case "snapshots" -> {
          in.beginArray();
          while (in.nextElement()) {
            snapshots.add(snapshot(in));
          }
        }
        default -> in.skip();
      }
    }
    in.end();
    return new SnapshotList(current, snapshots);
  }

  private static Snapshot snapshot(JsonIn in) {
    String name = null;
    String parent = "";
    long created = 0;
    String comment = "";
    List<Path> layers = new ArrayList<>();
    in.beginObject();
    while (in.nextName()) {
      switch (in.name()) {
        case "name" -> name = in.string();
        case "parent" -> parent = in.string();
        case "created" -> created = in.int64();
        case "comment" -> comment = in.string();
        case "layers" -> {
          in.beginArray();
          while (in.nextElement()) {
            layers.add(Path.of(in.string()));
          }
        }
        default -> in.skip();
      }
    }
    return new Snapshot(in.require(name, "name"), parent, created, comment, layers);
  }
}
