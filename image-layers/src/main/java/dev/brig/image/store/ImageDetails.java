package dev.brig.image.store;

import com.google.gson.JsonObject;
import dev.brig.image.Descriptor;
import dev.brig.image.Digest;
import dev.brig.image.ImageConfig;
import dev.brig.image.Index;
import dev.brig.image.JsonNode;
import dev.brig.image.Manifest;
import dev.brig.image.MediaType;
import dev.brig.image.Platform;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// All that an image's documents say.
///
/// @param names its names, each with its tag
/// @param descriptor the descriptor of the manifest for this machine
/// @param id the digest of its configuration in hexadecimal, 64 digits
/// @param configuration the whole configuration, members that brig does not know included
/// @param annotations the manifest's annotations
/// @param layers its layers, the bottom one first
/// @param history how it was made, the first step first
public record ImageDetails(
    List<String> names,
    Descriptor descriptor,
    String id,
    JsonObject configuration,
    Map<String, String> annotations,
    List<Layer> layers,
    List<Step> history) {
  private static final int INDEX_DEPTH_MAX = 4;

  /// Copies the collections.
  public ImageDetails {
    names = List.copyOf(names);
    annotations = Map.copyOf(annotations);
    layers = List.copyOf(layers);
    history = List.copyOf(history);
  }

  /// A layer.
  ///
  /// @param blob the descriptor of its archive
  /// @param diffId the digest of the archive when decompressed
  public record Layer(Descriptor blob, Digest diffId) {}

  /// A step of the history.
  ///
  /// @param created when, in RFC 3339 form, or empty
  /// @param createdBy by which command, or empty
  /// @param comment what was said about it, or empty
  /// @param sizeBytes the size of the layer that it made as it is stored, 0 if it made none
  public record Step(String created, String createdBy, String comment, long sizeBytes) {}

  /// Returns the size of the image's blobs, in bytes.
  public long sizeBytes() {
    long size = descriptor.sizeBytes();
    for (Layer layer : layers) {
      size += layer.blob().sizeBytes();
    }
    return size;
  }

  /// Returns a member of the configuration that is a text, or an empty one.
  ///
  /// @param name the member: `created`, `author`, `architecture`, `os`, `variant`
  public String text(String name) {
    return configuration.get(name) != null && configuration.get(name).isJsonPrimitive()
        ? configuration.get(name).getAsString()
        : "";
  }

  /// Reads the documents of an image in the index.
  static ImageDetails read(StoreFiles files, Descriptor entry) {
    BlobStore blobs = new BlobStore(files);
    Descriptor at = entry;
    for (int depth = 0; depth < INDEX_DEPTH_MAX && at.is(MediaType.Kind.INDEX); depth++) {
      at = Index.read(json(blobs, at)).choose(Platform.host(), "index " + at.digest());
    }
    JsonNode document = json(blobs, at);
    Manifest manifest = Manifest.read(document);
    JsonNode config = json(blobs, manifest.config());
    List<Digest> diffIds = ImageConfig.diffIds(config);
    if (diffIds.size() != manifest.layers().size()) {
      throw config.wrong("it has digests of " + diffIds.size() + " layers");
    }
    List<Layer> layers = new ArrayList<>();
    for (int i = 0; i < diffIds.size(); i++) {
      layers.add(new Layer(manifest.layers().get(i), diffIds.get(i)));
    }
    List<String> names = new ArrayList<>();
    for (Descriptor other : new IndexFile(files).entries()) {
      String name = other.annotations().getOrDefault(Descriptor.REF_NAME, "");
      if (other.digest().equals(entry.digest()) && !name.isEmpty()) {
        names.add(name);
      }
    }
    return new ImageDetails(
        names,
        at,
        manifest.config().digest().hex(),
        config.element().getAsJsonObject(),
        document.textMap("annotations"),
        layers,
        history(config, layers));
  }

  private static JsonNode json(BlobStore blobs, Descriptor descriptor) {
    String what = "blob " + descriptor.digest();
    return JsonNode.parse(blobs.document(descriptor, what), what);
  }

  // Steps that made no layer say so; the others made the layers, in order.
  private static List<Step> history(JsonNode config, List<Layer> layers) {
    List<Step> steps = new ArrayList<>();
    int next = 0;
    for (JsonNode step : config.list("history")) {
      JsonNode empty = step.find("empty_layer");
      boolean none = empty != null && empty.element().toString().equals("true");
      long size = none || next >= layers.size() ? 0 : layers.get(next++).blob().sizeBytes();
      steps.add(
          new Step(
              step.textOr("created", ""),
              step.textOr("created_by", ""),
              step.textOr("comment", ""),
              size));
    }
    // Who made the image may have told less than all.
    for (; next < layers.size(); next++) {
      steps.add(new Step("", "", "", layers.get(next).blob().sizeBytes()));
    }
    return steps;
  }
}
