package dev.brig.image.store;

import dev.brig.error.UsageException;
import dev.brig.image.Descriptor;
import dev.brig.image.Digest;
import dev.brig.image.ImageConfig;
import dev.brig.image.ImageException;
import dev.brig.image.JsonNode;
import dev.brig.image.MediaType;
import dev.brig.image.Platform;
import dev.brig.image.layer.Compression;
import dev.brig.image.layer.Limits;
import dev.brig.image.layer.Recompression;
import dev.brig.image.store.BlobStore.OpenBlob;
import dev.brig.image.store.SourceImage.Document;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Images in what `docker save` writes: `manifest.json`, configurations, and layers as tars that
/// are verified by the digests in the configuration.
///
/// @see <a href="https://github.com/moby/docker-image-spec">Docker image specification</a>
final class DockerArchiveSource {
  static final String MANIFEST = "manifest.json";

  private final SourceTree tree;

  private final Limits limits;

  DockerArchiveSource(SourceTree tree, Limits limits) {
    this.tree = tree;
    this.limits = limits;
  }

  /// Returns all images.
  ///
  /// @throws ImageException if the documents are damaged
  List<SourceImage> all() {
    List<SourceImage> images = new ArrayList<>();
    for (JsonNode image : manifest()) {
      images.add(read(image));
    }
    return images;
  }

  private List<JsonNode> manifest() {
    return JsonNode.parse(bytes(MANIFEST), tree.name() + ": " + MANIFEST).elements();
  }

  /// Finds an image.
  ///
  /// @param ref one of its names, or empty if it has to be the only one
  /// @throws UsageException if there is none of that name, or several and no name was given
  /// @throws ImageException if the documents are damaged
  SourceImage find(String ref) {
    List<JsonNode> all = manifest();
    List<JsonNode> found = new ArrayList<>();
    for (JsonNode image : all) {
      List<String> names = image.texts("RepoTags");
      if (ref.isEmpty() || names.contains(ref) || names.contains(ref + ":latest")) {
        found.add(image);
      }
    }
    if (found.size() != 1) {
      throw new UsageException(
          "image \"" + tree.name() + (ref.isEmpty() ? "" : ":" + ref) + "\"",
          found.isEmpty() ? "the archive has no such image" : "the archive has several images",
          hint(all));
    }
    return read(found.getFirst());
  }

  private String hint(List<JsonNode> all) {
    List<String> names = new ArrayList<>();
    for (JsonNode image : all) {
      names.addAll(image.texts("RepoTags"));
    }
    return names.isEmpty()
        ? ""
        : "write " + tree.name() + ":NAME, one of " + String.join(", ", names);
  }

  private SourceImage read(JsonNode image) {
    String configPath = image.require("Config").text();
    byte[] configBytes = bytes(configPath);
    JsonNode json = JsonNode.parse(configBytes, tree.name() + ": " + configPath);
    List<Digest> diffIds = ImageConfig.diffIds(json);
    List<String> paths = image.texts("Layers");
    if (diffIds.size() != paths.size()) {
      throw image.wrong(
          paths.size() + " layers, and the configuration has digests of " + diffIds.size());
    }
    List<LayerSource> layers = new ArrayList<>();
    for (int i = 0; i < paths.size(); i++) {
      layers.add(layer(paths.get(i), diffIds.get(i)));
    }
    ImageConfig config = ImageConfig.read(json);
    Descriptor descriptor =
        new Descriptor(MediaType.OCI_CONFIG, Digest.of(configBytes), configBytes.length);
    return new SourceImage(
        tree.name(),
        null,
        new Document(descriptor, configBytes),
        layers,
        image.texts("RepoTags"),
        new Platform(config.os(), config.architecture(), json.textOr("variant", "")));
  }

  // Of a layer that is not compressed the configuration says everything; whether it is, its
  // beginning says.
  private LayerSource layer(String path, Digest diffId) {
    String what = "layer \"" + path + "\" of " + tree.name();
    Compression compression = compression(path);
    if (compression == Compression.NONE) {
      Descriptor descriptor = new Descriptor(MediaType.OCI_LAYER, diffId, tree.size(path));
      return new LayerSource(what, descriptor, diffId, () -> open(path));
    }
    return new LayerSource(
        what,
        null,
        diffId,
        compression.isOfLayers() ? () -> open(path) : () -> recompressed(path, what));
  }

  private OpenBlob recompressed(String path, String what) {
    OpenBlob blob = open(path);
    try {
      return new OpenBlob(blob.fd(), Recompression.of(blob.stream(), what, limits));
    } catch (IOException e) {
      blob.close();
      throw new ImageException(what, "cannot be decompressed: " + e.getMessage(), "", e);
    }
  }

  private Compression compression(String path) {
    try (OpenBlob blob = open(path)) {
      byte[] start = blob.stream().readNBytes(8);
      return Compression.of(start, start.length);
    } catch (IOException e) {
      throw new ImageException(tree.name() + ": \"" + path + "\"", "cannot be read", "", e);
    }
  }

  private OpenBlob open(String path) {
    OpenBlob blob = tree.open(path);
    if (blob == null) {
      throw new ImageException(
          tree.name() + ": \"" + path + "\"", "not there", "the archive is incomplete");
    }
    return blob;
  }

  private byte[] bytes(String path) {
    try (OpenBlob blob = open(path)) {
      return blob.stream().readNBytes(JsonNode.SIZE_MAX_BYTES + 1);
    } catch (IOException e) {
      throw new ImageException(tree.name() + ": \"" + path + "\"", "cannot be read", "", e);
    }
  }
}
