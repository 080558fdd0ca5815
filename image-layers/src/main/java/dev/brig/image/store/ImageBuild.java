package dev.brig.image.store;

import com.google.gson.JsonObject;
import dev.brig.error.UsageException;
import dev.brig.image.Descriptor;
import dev.brig.image.Digest;
import dev.brig.image.Image;
import dev.brig.image.ImageConfig;
import dev.brig.image.ImageReference;
import dev.brig.image.JsonNode;
import dev.brig.image.MediaType;
import dev.brig.image.Platform;
import dev.brig.image.layer.Compression;
import dev.brig.image.store.SourceImage.Document;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The making of images layer by layer, as `brig build` does it. Nothing that is made here can be
/// removed by another brig until the store is closed.
public final class ImageBuild {
  /// The annotation of an image that is there for later builds only.
  public static final String CACHE = "dev.brig.build.cache";

  // overlayfs stacks at most 500 lower directories, and the next layer comes on top.
  private static final int LAYERS_MAX = 499;

  private final StoreFiles files;
  private final BlobStore blobs;
  private final ImageImporter importer;

  ImageBuild(StoreFiles files, ImageImporter importer) {
    this.files = files;
    this.blobs = new BlobStore(files);
    this.importer = importer;
  }

  /// A layer in the store.
  ///
  /// @param blob its blob
  /// @param diffId the digest of its archive
  public record Layer(Descriptor blob, Digest diffId) {}

  /// An image that another one begins with.
  ///
  /// @param id its id
  /// @param config its configuration, as the document is
  /// @param layers its layers, the bottom one first
  @SuppressWarnings("ArrayRecordComponent")
  public record Base(String id, byte[] config, List<Layer> layers) {
    /// Copies the list.
    public Base {
      layers = List.copyOf(layers);
    }
  }

  /// Returns what another image takes over of one.
  ///
  /// @param image the image, resolved by a store that is still open
  /// @param reference how the user calls it, for messages
  /// @throws UsageException if it is none that the store has: a directory, the host
  public Base base(Image image, String reference) {
    for (StoredImages.Entry entry : new StoredImages(files).entries()) {
      if (entry.shown().id().equals(image.id())) {
        byte[] config = blobs.document(entry.read().config(), "configuration of " + reference);
        List<Layer> layers = new ArrayList<>();
        for (int i = 0; i < entry.diffIds().size(); i++) {
          layers.add(
              new Layer(OciDocuments.asOci(entry.read().layers().get(i)), entry.diffIds().get(i)));
        }
        return new Base(image.id(), config, layers);
      }
    }
    throw new UsageException(
        "image \"" + reference + "\"",
        "an image can't begin with it: it has no layers in the store",
        "import it first: tar -C DIRECTORY -c . >root.tar && brig import root.tar NAME");
  }

  /// Writes a layer.
  ///
  /// @param contents writes its entries
  /// @throws dev.brig.image.ImageException if it cannot be written
  public Layer write(ImageCommit.Contents contents) {
    try (Publication publication = new Publication(files)) {
      Layer layer = new LayerBlobWriter(files).write(contents, Compression.GZIP, publication);
      publication.publish();
      return layer;
    }
  }

  /// Unpacks layers that are not unpacked yet, and returns them as an image to run.
  ///
  /// @param config the configuration so far
  /// @param layers the layers, the bottom one first
  public Image unpack(byte[] config, List<Layer> layers) {
    if (layers.size() > LAYERS_MAX) {
      throw new UsageException(
          "build", layers.size() + " layers can't be stacked", "join instructions: RUN a && b");
    }
    StoreTree tree = new StoreTree(files);
    List<LayerSource> sources = new ArrayList<>();
    for (Layer layer : layers) {
      Descriptor blob = layer.blob();
      sources.add(
          new LayerSource(
              "layer " + blob.digest(),
              blob,
              layer.diffId(),
              () -> blobs.open(blob.digest()).orElseThrow()));
    }
    // Documents of its own: removed below, they must not be another image's.
    JsonObject unique = new JsonObject();
    unique.addProperty("comment", tree.name() + " " + System.nanoTime());
    Document placeholder = OciDocuments.document(unique, MediaType.OCI_CONFIG);
    Document manifest = OciDocuments.manifest(placeholder.descriptor(), List.of(), Map.of());
    SourceImage image =
        new SourceImage("build", manifest, placeholder, sources, List.of(), Platform.host());
    ImageImporter.Imported imported = importer.add(image);
    files.remove("blobs/sha256", placeholder.digest().hex());
    files.remove("blobs/sha256", manifest.digest().hex());
    Image bare = imported.resolved().image("build", files.path());
    JsonNode json = JsonNode.parse(config, "configuration");
    return new Image("build", bare.id(), bare.layers(), ImageConfig.read(json));
  }

  /// What an image is to be called, and what is said about it.
  ///
  /// @param names the names, or none
  /// @param annotations annotations of its manifest
  public record Labels(List<String> names, Map<String, String> annotations) {
    /// Copies the collections.
    public Labels {
      names = List.copyOf(names);
      annotations = Map.copyOf(annotations);
    }
  }

  /// Makes an image of layers in the store.
  ///
  /// @param config its configuration, as the document is to be
  /// @param layers its layers, the bottom one first
  /// @param labels what it is called, and what is said about it
  /// @return its id
  public String commit(byte[] config, List<Layer> layers, Labels labels) {
    Document configuration =
        new Document(
            new Descriptor(MediaType.OCI_CONFIG, Digest.of(config), config.length), config);
    List<Descriptor> layerBlobs = new ArrayList<>();
    for (Layer layer : layers) {
      layerBlobs.add(layer.blob());
    }
    Document manifest =
        OciDocuments.manifest(configuration.descriptor(), layerBlobs, labels.annotations());
    try (Publication publication = new Publication(files)) {
      blobs.put(configuration, publication);
      blobs.put(manifest, publication);
      publication.publish();
    }
    Descriptor entry = entry(manifest.descriptor(), config, labels);
    IndexFile index = new IndexFile(files);
    if (labels.names().isEmpty()) {
      index.add(entry, "");
    }
    for (String name : labels.names()) {
      index.add(entry, ImageReference.parse(name).tagged());
    }
    return configuration.digest().hex();
  }

  private static Descriptor entry(Descriptor manifest, byte[] config, Labels labels) {
    ImageConfig read = ImageConfig.read(JsonNode.parse(config, "configuration"));
    boolean cache = labels.annotations().containsKey(CACHE);
    return new Descriptor(
        manifest.mediaType(),
        manifest.digest(),
        manifest.sizeBytes(),
        cache ? Map.of(CACHE, "true") : Map.of(),
        new Platform(read.os(), read.architecture(), ""));
  }

  /// What a step made, as it is remembered.
  ///
  /// @param layer its layer, or empty if it made none
  /// @param created when, as RFC 3339 has it
  public record Result(Optional<Layer> layer, String created) {}

  /// Finds what a step made before.
  ///
  /// @param key the step's key
  /// @return empty if it is not known, or its layer is no longer there
  public Optional<Result> find(Digest key) {
    return new BuildCache(files).find(key);
  }

  /// Remembers what a step made. May be lost in a crash.
  public void remember(Digest key, Result result) {
    new BuildCache(files).remember(key, result);
  }
}
