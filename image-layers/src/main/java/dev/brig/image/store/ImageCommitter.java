package dev.brig.image.store;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.brig.error.UsageException;
import dev.brig.image.Descriptor;
import dev.brig.image.Digest;
import dev.brig.image.JsonNode;
import dev.brig.image.MediaType;
import dev.brig.image.Platform;
import dev.brig.image.store.SourceImage.Document;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Makes images of other images: a layer is written in one pass, a configuration and a manifest
/// with it, and the index names them last. The layer is unpacked when the image is first run.
final class ImageCommitter {
  // overlayfs stacks at most 500 lower directories, and the container's own layer comes on top.
  private static final int LAYERS_MAX = 499;

  private final StoreFiles files;
  private final BlobStore blobs;

  ImageCommitter(StoreFiles files) {
    this.files = files;
    this.blobs = new BlobStore(files);
  }

  /// An image below, as its documents are.
  private record Base(JsonObject config, List<Descriptor> layers) {}

  /// Makes an image, under its name if it has one.
  ///
  /// @return the id
  String commit(ImageCommit commit) {
    Base base = base(commit);
    if (base.layers().size() >= LAYERS_MAX) {
      throw new UsageException(
          "commit",
          "the image below has "
              + base.layers().size()
              + " layers, and no more than "
              + LAYERS_MAX
              + " can be stacked",
          "--squash makes one layer of them all");
    }
    try (Publication publication = new Publication(files)) {
      ImageBuild.Layer layer =
          new LayerBlobWriter(files).write(commit.contents(), commit.compression(), publication);
      JsonObject config = config(commit, base.config(), layer.diffId());
      List<Descriptor> layers = new ArrayList<>(base.layers());
      layers.add(layer.blob());
      Document configuration = OciDocuments.document(config, MediaType.OCI_CONFIG);
      Document manifest = OciDocuments.manifest(configuration.descriptor(), layers, Map.of());
      blobs.put(configuration, publication);
      blobs.put(manifest, publication);
      publication.publish();
      Platform platform = platform(config);
      Descriptor entry = manifest.descriptor();
      new IndexFile(files)
          .add(
              new Descriptor(
                  entry.mediaType(),
                  entry.digest(),
                  entry.sizeBytes(),
                  entry.annotations(),
                  platform),
              commit.name());
      return configuration.digest().hex();
    }
  }

  private Base base(ImageCommit commit) {
    if (commit.base().isEmpty()) {
      JsonObject config = new JsonObject();
      config.addProperty("architecture", Platform.host().architecture());
      config.addProperty("os", Platform.host().os());
      return new Base(config, List.of());
    }
    StoredImages.@Nullable Entry entry = null;
    for (StoredImages.Entry each : new StoredImages(files).entries()) {
      entry = each.shown().id().equals(commit.base()) ? each : entry;
    }
    if (entry == null) {
      throw new UsageException(
          "image " + commit.base().substring(0, Math.min(12, commit.base().length())),
          "the image that the container was made from is no longer in the store",
          "--squash makes an image without it");
    }
    Descriptor descriptor = entry.read().config();
    String what = "configuration of image " + commit.base();
    JsonNode json = JsonNode.parse(blobs.document(descriptor, what), what);
    List<Descriptor> layers = new ArrayList<>();
    if (commit.stacking() == ImageCommit.Stacking.ON_TOP) {
      for (Descriptor layer : entry.read().layers()) {
        layers.add(OciDocuments.asOci(layer));
      }
    }
    return new Base(json.element().getAsJsonObject().deepCopy(), layers);
  }

  private static Platform platform(JsonObject config) {
    JsonNode json =
        JsonNode.parse(config.toString().getBytes(StandardCharsets.UTF_8), "configuration");
    return new Platform(
        json.textOr("os", ""), json.textOr("architecture", ""), json.textOr("variant", ""));
  }

  private static JsonObject config(ImageCommit commit, JsonObject config, Digest diffId) {
    boolean alone = commit.stacking() == ImageCommit.Stacking.ALONE;
    String created = Instant.ofEpochSecond(commit.history().createdSeconds()).toString();
    config.addProperty("created", created);
    if (!commit.history().author().isEmpty()) {
      config.addProperty("author", commit.history().author());
    }
    if (!(config.get("config") instanceof JsonObject)) {
      config.add("config", new JsonObject());
    }
    for (ConfigEdit edit : commit.edits()) {
      edit.apply(config.getAsJsonObject("config"));
    }
    JsonObject rootfs =
        config.get("rootfs") instanceof JsonObject there && !alone ? there : new JsonObject();
    rootfs.addProperty("type", "layers");
    JsonArray diffIds = rootfs.get("diff_ids") instanceof JsonArray there ? there : new JsonArray();
    diffIds.add(diffId.toString());
    rootfs.add("diff_ids", diffIds);
    config.add("rootfs", rootfs);
    JsonArray history =
        config.get("history") instanceof JsonArray there && !alone ? there : new JsonArray();
    history.add(history(commit.history(), created));
    config.add("history", history);
    return config;
  }

  private static JsonObject history(ImageCommit.History said, String created) {
    JsonObject entry = new JsonObject();
    entry.addProperty("created", created);
    entry.addProperty("created_by", said.createdBy());
    if (!said.author().isEmpty()) {
      entry.addProperty("author", said.author());
    }
    if (!said.comment().isEmpty()) {
      entry.addProperty("comment", said.comment());
    }
    return entry;
  }
}
