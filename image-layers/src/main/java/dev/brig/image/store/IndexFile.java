package dev.brig.image.store;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.brig.image.Descriptor;
import dev.brig.image.Digest;
import dev.brig.image.Index;
import dev.brig.image.JsonNode;
import dev.brig.image.Platform;
import dev.brig.linux.Fd;
import dev.brig.linux.FileStatus;
import dev.brig.linux.Lock;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// The store's `index.json`: which images there are and what they are called. Members that brig
/// does not know are kept: other tools write this file as well.
final class IndexFile {
  private static final String NAME = "index.json";
  private static final String MANIFESTS = "manifests";
  private static final String ANNOTATIONS = "annotations";

  private final StoreFiles files;

  IndexFile(StoreFiles files) {
    this.files = files;
  }

  /// Returns what tells the present index from all earlier and later ones: every change is a new
  /// file.
  String stamp() {
    FileStatus status = files.status(NAME);
    return status == null ? "" : stamp(status);
  }

  /// Returns what tells a file's present contents from all others that it had, as far as one can
  /// without reading it.
  static String stamp(FileStatus status) {
    return status.device().number()
        + "-"
        + status.inode()
        + "-"
        + status.sizeBytes()
        + "-"
        + status.modified().seconds()
        + "."
        + status.modified().nanos()
        + "-"
        + status.changed().seconds()
        + "."
        + status.changed().nanos();
  }

  /// Returns all images.
  List<Descriptor> entries() {
    return Index.read(JsonNode.parse(bytes(), files.path() + "/" + NAME)).manifests();
  }

  private byte[] bytes() {
    byte[] bytes = files.read(NAME, JsonNode.SIZE_MAX_BYTES);
    return bytes == null
        ? "{\"schemaVersion\":2,\"manifests\":[]}".getBytes(StandardCharsets.UTF_8)
        : bytes;
  }

  /// Adds an image, or gives it a further name. Whichever image had the name before loses it, and
  /// stays as one without a name if it had no other.
  ///
  /// @param manifest the image's manifest or index
  /// @param name its name, or empty
  void add(Descriptor manifest, String name) {
    change(entries -> {
      String digest = manifest.digest().toString();
      if (name.isEmpty()) {
        if (!hasDigest(entries, digest)) {
          entries.add(json(manifest, name));
        }
        return;
      }
      List<JsonObject> named = new ArrayList<>();
      for (JsonObject entry : entries) {
        if (nameOf(entry).equals(name)) {
          named.add(entry);
        }
      }
      entries.removeAll(named);
      entries.removeIf(entry -> digestOf(entry).equals(digest) && nameOf(entry).isEmpty());
      entries.add(json(manifest, name));
      for (JsonObject entry : named) {
        if (!hasDigest(entries, digestOf(entry))) {
          entry.getAsJsonObject(ANNOTATIONS).remove(Descriptor.REF_NAME);
          entries.add(entry);
        }
      }
    });
  }

  /// Removes entries.
  ///
  /// @param names the names to remove; an empty one stands for the entry without a name
  /// @param manifest of which image
  void remove(List<String> names, Digest manifest) {
    change(entries ->
        entries.removeIf(
            entry -> digestOf(entry).equals(manifest.toString()) && names.contains(nameOf(entry))));
  }

  /// Takes names from an image, which stays.
  ///
  /// @param manifest of which image
  /// @param names the names to take; none for all
  void untag(Digest manifest, List<String> names) {
    change(entries -> {
      String digest = manifest.toString();
      List<JsonObject> gone = new ArrayList<>();
      for (JsonObject entry : entries) {
        String name = nameOf(entry);
        boolean meant = names.isEmpty() ? !name.isEmpty() : names.contains(name);
        if (digestOf(entry).equals(digest) && meant) {
          gone.add(entry);
        }
      }
      entries.removeAll(gone);
      if (!gone.isEmpty() && !hasDigest(entries, digest)) {
        JsonObject nameless = gone.getFirst();
        nameless.getAsJsonObject(ANNOTATIONS).remove(Descriptor.REF_NAME);
        entries.add(nameless);
      }
    });
  }

  private static boolean hasDigest(List<JsonObject> entries, String digest) {
    for (JsonObject entry : entries) {
      if (digestOf(entry).equals(digest)) {
        return true;
      }
    }
    return false;
  }

  private void change(Consumer<List<JsonObject>> change) {
    try (Fd _ = files.lock("index", Lock.EXCLUSIVE)) {
      JsonNode index = JsonNode.parse(bytes(), files.path() + "/" + NAME);
      // Read for its checks: what is not an index is not written over.
      var _ = Index.read(index);
      JsonObject document = index.element().getAsJsonObject();
      List<JsonObject> entries = new ArrayList<>();
      for (JsonElement element : document.getAsJsonArray(MANIFESTS)) {
        entries.add(element.getAsJsonObject());
      }
      change.accept(entries);
      JsonArray manifests = new JsonArray();
      entries.forEach(manifests::add);
      document.add(MANIFESTS, manifests);
      files.writeAtomically(NAME, document.toString().getBytes(StandardCharsets.UTF_8));
    }
  }

  private static String digestOf(JsonObject entry) {
    return entry.get("digest").getAsString();
  }

  private static String nameOf(JsonObject entry) {
    if (!(entry.get(ANNOTATIONS) instanceof JsonObject annotations)) {
      return "";
    }
    JsonElement name = annotations.get(Descriptor.REF_NAME);
    return name == null ? "" : name.getAsString();
  }

  /// Returns a descriptor with a name, as an index has it.
  static JsonObject json(Descriptor manifest, String name) {
    JsonObject entry = new JsonObject();
    entry.addProperty("mediaType", manifest.mediaType());
    entry.addProperty("digest", manifest.digest().toString());
    entry.addProperty("size", manifest.sizeBytes());
    JsonObject annotations = new JsonObject();
    manifest.annotations().forEach(annotations::addProperty);
    annotations.remove(Descriptor.REF_NAME);
    if (!name.isEmpty()) {
      annotations.addProperty(Descriptor.REF_NAME, name);
    }
    if (!annotations.isEmpty()) {
      entry.add(ANNOTATIONS, annotations);
    }
    Platform platform = manifest.platform();
    if (platform != null) {
      JsonObject runsOn = new JsonObject();
      runsOn.addProperty("architecture", platform.architecture());
      runsOn.addProperty("os", platform.os());
      if (!platform.variant().isEmpty()) {
        runsOn.addProperty("variant", platform.variant());
      }
      entry.add("platform", runsOn);
    }
    return entry;
  }
}
