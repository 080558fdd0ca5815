package dev.brig.image.store;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.brig.image.Descriptor;
import dev.brig.image.Digest;
import dev.brig.image.MediaType;
import dev.brig.image.store.SourceImage.Document;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/// The documents of images that brig makes itself.
///
/// @see <a href="https://github.com/opencontainers/image-spec/blob/main/manifest.md">OCI Image
///   Manifest Specification</a>
final class OciDocuments {
  private OciDocuments() {}

  /// Returns a JSON object as a document.
  static Document document(JsonObject json, MediaType mediaType) {
    byte[] bytes = json.toString().getBytes(StandardCharsets.UTF_8);
    return new Document(new Descriptor(mediaType, Digest.of(bytes), bytes.length), bytes);
  }

  /// Returns a manifest.
  ///
  /// @param config what its configuration is
  /// @param layers its layers, the bottom one first
  /// @param annotations what is said about it
  static Document manifest(
      Descriptor config, List<Descriptor> layers, Map<String, String> annotations) {
    JsonObject manifest = new JsonObject();
    manifest.addProperty("schemaVersion", 2);
    manifest.addProperty("mediaType", MediaType.OCI_MANIFEST.text());
    manifest.add("config", json(config));
    JsonArray list = new JsonArray();
    for (Descriptor layer : layers) {
      list.add(json(layer));
    }
    manifest.add("layers", list);
    if (!annotations.isEmpty()) {
      manifest.add("annotations", object(annotations));
    }
    return document(manifest, MediaType.OCI_MANIFEST);
  }

  /// Returns a descriptor of a layer under the OCI name of its media type: one manifest has
  /// descriptors of one kind.
  static Descriptor asOci(Descriptor layer) {
    String type =
        switch (MediaType.of(layer.mediaType()).orElse(MediaType.OCI_LAYER)) {
          case DOCKER_LAYER -> MediaType.OCI_LAYER.text();
          case DOCKER_LAYER_GZIP -> MediaType.OCI_LAYER_GZIP.text();
          case DOCKER_LAYER_ZSTD -> MediaType.OCI_LAYER_ZSTD.text();
          case DOCKER_FOREIGN_LAYER_GZIP -> MediaType.OCI_FOREIGN_LAYER_GZIP.text();
          default -> layer.mediaType();
        };
    return new Descriptor(type, layer.digest(), layer.sizeBytes(), layer.annotations(), null);
  }

  private static JsonObject json(Descriptor descriptor) {
    JsonObject json = new JsonObject();
    json.addProperty("mediaType", descriptor.mediaType());
    json.addProperty("digest", descriptor.digest().toString());
    json.addProperty("size", descriptor.sizeBytes());
    if (!descriptor.annotations().isEmpty()) {
      json.add("annotations", object(descriptor.annotations()));
    }
    return json;
  }

  // Sorted, so that the same texts make the same document.
  private static JsonObject object(Map<String, String> texts) {
    JsonObject object = new JsonObject();
    texts.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(each -> object.addProperty(each.getKey(), each.getValue()));
    return object;
  }
}
