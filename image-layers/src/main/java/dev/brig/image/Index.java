package dev.brig.image;

import java.util.ArrayList;
import java.util.List;

/// A list of manifests: an image for several platforms, or all images of a layout.
///
/// @param manifests descriptors of manifests and of further indexes
/// @see <a href="https://github.com/opencontainers/image-spec/blob/main/image-index.md">image
///   index</a>
public record Index(List<Descriptor> manifests) {

  /// Copies the list.
  public Index {
    manifests = List.copyOf(manifests);
  }

  /// Reads an index.
  ///
  /// @throws ImageException if it is not one, or might be taken for a manifest by another reader
  public static Index read(JsonNode json) {
    Manifest.checkVersion(json);
    Manifest.checkMediaType(json, MediaType.Kind.INDEX);
    if (json.find("layers") != null || json.find("config") != null) {
      // CVE-2021-41190: one document, two meanings under one digest.
      throw json.wrong("an index that has a manifest's members as well");
    }
    List<Descriptor> manifests = new ArrayList<>();
    for (JsonNode node : json.require("manifests").elements()) {
      manifests.add(Descriptor.read(node));
    }
    return new Index(manifests);
  }
}
