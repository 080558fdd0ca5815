package dev.brig.image;

import java.util.ArrayList;
import java.util.List;

/// One image for one platform: its configuration and its layers.
///
/// @param config the configuration's descriptor
/// @param layers the layers' descriptors, the bottom one first
/// @see <a href="https://github.com/opencontainers/image-spec/blob/main/manifest.md">image
///   manifest</a>
public record Manifest(Descriptor config, List<Descriptor> layers) {
  // overlayfs stacks at most 500 lower directories.
  private static final int LAYERS_MAX = 499;

  /// Copies the list.
  public Manifest {
    layers = List.copyOf(layers);
  }

  /// Reads a manifest.
  ///
  /// @throws ImageException if it is not one, or might be taken for an index by another reader, or
  ///   is the manifest of something that is not a container image
  public static Manifest read(JsonNode json) {
    checkVersion(json);
    checkMediaType(json, MediaType.Kind.MANIFEST);
    if (json.find("manifests") != null) {
      throw json.wrong("a manifest that has an index's members as well");
    }
    Descriptor config = Descriptor.read(json.require("config"));
    if (!config.is(MediaType.Kind.CONFIG)) {
      throw json.wrong("not a container image but an artifact of type " + config.mediaType());
    }
    List<Descriptor> layers = new ArrayList<>();
    for (JsonNode node : json.require("layers").elements()) {
      Descriptor layer = Descriptor.read(node);
      if (!layer.is(MediaType.Kind.LAYER)) {
        throw node.wrong("a layer of the unknown media type " + layer.mediaType());
      }
      layers.add(layer);
    }
    if (layers.size() > LAYERS_MAX) {
      throw json.wrong(
          layers.size() + " layers, more than the " + LAYERS_MAX + " that can be stacked");
    }
    return new Manifest(config, layers);
  }

  static void checkVersion(JsonNode json) {
    JsonNode version = json.find("schemaVersion");
    if (version == null || version.wholeNumber() != 2) {
      throw json.wrong("its schemaVersion is not 2");
    }
  }

  // The member is optional; where it is present it must say what the document was taken for.
  static void checkMediaType(JsonNode json, MediaType.Kind kind) {
    String type = json.textOr("mediaType", "");
    if (!type.isEmpty() && !MediaType.is(type, kind)) {
      throw json.wrong("its media type is " + type);
    }
  }
}
