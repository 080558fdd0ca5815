package dev.brig.image.store;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.brig.image.Descriptor;
import dev.brig.image.ImageConfig;
import dev.brig.image.JsonNode;
import dev.brig.image.MediaType;
import dev.brig.image.Platform;
import dev.brig.image.layer.Ownership;
import dev.brig.image.store.SourceImage.Document;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// Brings an image into the store: layers first, documents then, and the index last, so that
/// whatever the index names is there.
final class ImageImporter {
  /// The directory of the layer that an image without layers has.
  static final String EMPTY_LAYER = "empty";

  private final StoreFiles files;
  private final BlobStore blobs;
  private final Ownership ownership;
  private final LayerStore.Unpacked unpacked;
  private final Consumer<String> warnings;

  ImageImporter(
      StoreFiles files,
      Ownership ownership,
      LayerStore.Unpacked unpacked,
      Consumer<String> warnings) {
    this.files = files;
    this.blobs = new BlobStore(files);
    this.ownership = ownership;
    this.unpacked = unpacked;
    this.warnings = warnings;
  }

  /// What was imported.
  ///
  /// @param manifest the manifest's descriptor, with its platform
  /// @param resolved everything that running the image takes, without a stamp
  record Imported(Descriptor manifest, ResolvedImage resolved) {}

  /// Brings layers and documents into the store; the index is the caller's.
  Imported add(SourceImage source) {
    try (Publication publication = new Publication(files)) {
      LayerStore layers = new LayerStore(files, publication, ownership, unpacked);
      try (LayerStore.Locks locks = layers.lock(source.layers())) {
        List<StoredLayer> stored = layers.addAll(source.layers(), locks);
        Imported imported = documents(source, stored, publication);
        publication.publish();
        for (String loss : layers.losses().lines()) {
          warnings.accept("image \"" + source.what() + "\": " + loss);
        }
        return imported;
      }
    }
  }

  private Imported documents(
      SourceImage source, List<StoredLayer> stored, Publication publication) {
    Document config = source.config() == null ? config(source.platform(), stored) : source.config();
    blobs.put(config, publication);
    Document manifest =
        source.manifest() == null ? manifest(config.descriptor(), stored) : source.manifest();
    blobs.put(manifest, publication);
    JsonNode json = JsonNode.parse(config.bytes(), "configuration of " + source.what());
    ResolvedImage resolved =
        new ResolvedImage(
            "",
            config.digest().hex(),
            manifest.digest().toString(),
            paths(stored, publication),
            ImageConfig.read(json));
    return new Imported(withPlatform(manifest.descriptor(), source.platform()), resolved);
  }

  // An image without layers is a valid one, but overlayfs wants a lower directory.
  private List<String> paths(List<StoredLayer> stored, Publication publication) {
    List<String> paths = new ArrayList<>();
    for (StoredLayer layer : LayerStore.stack(stored)) {
      paths.add(layer.finalPath());
    }
    if (paths.isEmpty()) {
      paths.add(StoredLayer.treePath(EMPTY_LAYER));
      addEmptyLayer(publication);
    }
    return paths;
  }

  private void addEmptyLayer(Publication publication) {
    if (!files.exists("layers/" + EMPTY_LAYER)) {
      Temporary temporary = files.temporaryDirectory();
      files.kernel().tree().mkdirat(temporary.fd(), "fs", 0755);
      publication.add(temporary, "layers/" + EMPTY_LAYER);
    }
  }

  private static Descriptor withPlatform(Descriptor descriptor, Platform platform) {
    boolean known = !platform.os().isEmpty() && !platform.architecture().isEmpty();
    return new Descriptor(
        descriptor.mediaType(),
        descriptor.digest(),
        descriptor.sizeBytes(),
        descriptor.annotations(),
        known ? platform : null);
  }

  // Without a date: the same root file system makes the same image, whenever it is imported.
  private static Document config(Platform platform, List<StoredLayer> layers) {
    JsonArray diffIds = new JsonArray();
    for (StoredLayer layer : layers) {
      diffIds.add(layer.diffId().toString());
    }
    JsonObject rootfs = new JsonObject();
    rootfs.addProperty("type", "layers");
    rootfs.add("diff_ids", diffIds);
    JsonObject config = new JsonObject();
    config.addProperty("architecture", platform.architecture());
    config.addProperty("os", platform.os());
    if (!platform.variant().isEmpty()) {
      config.addProperty("variant", platform.variant());
    }
    config.add("config", new JsonObject());
    config.add("rootfs", rootfs);
    return OciDocuments.document(config, MediaType.OCI_CONFIG);
  }

  private static Document manifest(Descriptor config, List<StoredLayer> layers) {
    List<Descriptor> blobs = new ArrayList<>();
    for (StoredLayer layer : layers) {
      blobs.add(layer.blob());
    }
    return OciDocuments.manifest(config, blobs, Map.of());
  }
}
