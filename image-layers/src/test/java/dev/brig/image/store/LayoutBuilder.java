package dev.brig.image.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.brig.image.Digest;
import dev.brig.image.layer.TarBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Makes image layouts and docker-archives as text, so that each of their documents can be made
/// wrong.
final class LayoutBuilder {
  private static final String LAYER = "application/vnd.oci.image.layer.v1.tar";
  private static final String CONFIG = "application/vnd.oci.image.config.v1+json";
  private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";

  private final Map<String, byte[]> files = new LinkedHashMap<>();
  private final List<String> entries = new ArrayList<>();

  LayoutBuilder() {
    files.put("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(UTF_8));
  }

  /// Adds a blob and returns its descriptor as JSON.
  String blob(String mediaType, byte[] bytes) {
    Digest digest = Digest.of(bytes);
    files.put("blobs/sha256/" + digest.hex(), bytes);
    return descriptor(mediaType, digest.toString(), bytes.length);
  }

  static String descriptor(String mediaType, String digest, long size) {
    return "{\"mediaType\":\""
        + mediaType
        + "\",\"digest\":\""
        + digest
        + "\",\"size\":"
        + size
        + "}";
  }

  /// Adds an image of layers that are compressed, and gives it a name.
  LayoutBuilder image(String name, byte[]... layers) {
    List<String> blobs = new ArrayList<>();
    List<String> diffIds = new ArrayList<>();
    for (byte[] layer : layers) {
      blobs.add(blob(LAYER + "+gzip", TarBuilder.gzip(layer)));
      diffIds.add("\"" + Digest.of(layer) + "\"");
    }
    return index(name, manifest(config(diffIds), blobs));
  }

  String config(List<String> diffIds) {
    String config =
        "{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{\"Cmd\":[\"/bin/sh\"]},"
            + "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":["
            + String.join(",", diffIds)
            + "]}}";
    return blob(CONFIG, config.getBytes(UTF_8));
  }

  String manifest(String config, List<String> layers) {
    String manifest =
        "{\"schemaVersion\":2,\"config\":"
            + config
            + ",\"layers\":["
            + String.join(",", layers)
            + "]}";
    return blob(MANIFEST, manifest.getBytes(UTF_8));
  }

  /// Adds a descriptor to the index, with a name unless that is empty.
  LayoutBuilder index(String name, String descriptor) {
    String annotations =
        name.isEmpty()
            ? ""
            : ",\"annotations\":{\"org.opencontainers.image.ref.name\":\"" + name + "\"}";
    entries.add(descriptor.substring(0, descriptor.length() - 1) + annotations + "}");
    return this;
  }

  /// Adds or replaces a file.
  LayoutBuilder file(String name, String content) {
    files.put(name, content.getBytes(UTF_8));
    return this;
  }

  Map<String, byte[]> files() {
    String index = "{\"schemaVersion\":2,\"manifests\":[" + String.join(",", entries) + "]}";
    files.putIfAbsent("index.json", index.getBytes(UTF_8));
    return files;
  }

  Path directory(Path path) throws IOException {
    for (Map.Entry<String, byte[]> file : files().entrySet()) {
      Path target = path.resolve(file.getKey());
      Files.createDirectories(target.getParent());
      Files.write(target, file.getValue());
    }
    return path;
  }

  byte[] tar() {
    TarBuilder tar = new TarBuilder();
    for (Map.Entry<String, byte[]> file : files().entrySet()) {
      tar.file(file.getKey(), file.getValue());
    }
    return tar.bytes();
  }

  /// Returns a docker-archive of layers that are not compressed.
  static TarBuilder dockerArchive(String name, byte[]... layers) {
    TarBuilder tar = new TarBuilder();
    List<String> paths = new ArrayList<>();
    List<String> diffIds = new ArrayList<>();
    for (byte[] layer : layers) {
      String path = Digest.of(layer).hex() + ".tar";
      paths.add("\"" + path + "\"");
      diffIds.add("\"" + Digest.of(layer) + "\"");
      tar.file(path, layer);
    }
    String config =
        "{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":["
            + String.join(",", diffIds)
            + "]}}";
    String manifest =
        "[{\"Config\":\"config.json\",\"RepoTags\":[\""
            + name
            + "\"],\"Layers\":["
            + String.join(",", paths)
            + "]}]";
    return tar.file("config.json", config).file("manifest.json", manifest);
  }
}
