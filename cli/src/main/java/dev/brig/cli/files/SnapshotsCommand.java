package dev.brig.cli.files;

import dev.brig.cli.command.Command;
import dev.brig.cli.command.Context;
import dev.brig.cli.command.ExitCodes;
import dev.brig.cli.output.Human;
import dev.brig.cli.output.Json;
import dev.brig.cli.output.Table;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.runtime.container.Container;
import dev.brig.runtime.container.Snapshot;
import dev.brig.runtime.container.SnapshotList;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// `brig snapshots`.
public final class SnapshotsCommand implements Command<FilesOption> {
  private final Context context;

  /// Makes the command.
  public SnapshotsCommand(Context context) {
    this.context = context;
  }

  @Override
  public Syntax<FilesOption> syntax() {
    return new Syntax<>(
        "snapshots",
        "List the snapshots of a container, as a tree.",
        List.of(FilesOption.JSON, FilesOption.QUIET),
        Operands.exactly(1, "CONTAINER"),
        List.of("", "The one on which the container stands is marked by a *."));
  }

  @Override
  public int run(Reading.Arguments<FilesOption> arguments) {
    Container container = context.containers().find(arguments.operands().getFirst());
    SnapshotList list = context.containers().snapshots(container.id());
    if (arguments.has(FilesOption.JSON)) {
      context.out().print(json(list));
    } else if (arguments.has(FilesOption.QUIET)) {
      for (Snapshot snapshot : list.snapshots()) {
        context.out().println(snapshot.name());
      }
    } else {
      Table table = new Table("SNAPSHOT", "CREATED", "COMMENT");
      table.add(mark(list, "") + container.record().image().reference(), "", "(the image)");
      add(list, "", "", table);
      context.out().print(table.text());
    }
    return ExitCodes.SUCCESS;
  }

  private static String mark(SnapshotList list, String name) {
    return list.current().equals(name) ? "* " : "  ";
  }

  private static void add(SnapshotList list, String parent, String indent, Table table) {
    List<Snapshot> children = new ArrayList<>();
    for (Snapshot each : list.snapshots()) {
      if (each.parent().equals(parent)) {
        children.add(each);
      }
    }
    long now = Instant.now().getEpochSecond();
    for (Snapshot child : children) {
      boolean last = child.name().equals(children.getLast().name());
      table.add(
          mark(list, child.name()) + indent + (last ? "└─ " : "├─ ") + child.name(),
          Human.ago(child.createdSeconds(), now),
          child.comment());
      add(list, child.name(), indent + (last ? "   " : "│  "), table);
    }
  }

  private static String json(SnapshotList list) {
    Json json = new Json().beginArray();
    for (Snapshot snapshot : list.snapshots()) {
      List<String> layers = new ArrayList<>();
      for (Path layer : snapshot.layers()) {
        layers.add(layer.toString());
      }
      json.beginObject()
          .property("name", snapshot.name())
          .property("parent", snapshot.parent())
          .property("created", Instant.ofEpochSecond(snapshot.createdSeconds()).toString())
          .property("comment", snapshot.comment())
          .property("current", list.current().equals(snapshot.name()) ? 1 : 0)
          .property("layers", layers)
          .endObject();
    }
    return json.endArray().text();
  }
}
