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

  /// Chooses the image for a platform: of those that run there, the one that asks for most of it,
  /// and of equal ones the first.
  ///
  /// @param wanted the platform
  /// @param what what to call the index in messages
  /// @throws ImageException if there is none, naming those that there are
  public Descriptor choose(Platform wanted, String what) {
    Descriptor best = null;
    int bestRank = -1;
    List<String> offered = new ArrayList<>();
    for (Descriptor descriptor : manifests) {
      Platform platform = descriptor.platform();
      // A list of one needs no platform.
      int rank = platform != null ? wanted.rank(platform) : manifests.size() == 1 ? 0 : -1;
      if (rank >= 0 && (best == null || rank < bestRank)) {
        best = descriptor;
        bestRank = rank;
      }
      offered.add(platform == null ? "an unknown platform" : platform.toString());
    }
    if (best == null) {
      throw new ImageException(
          what, "no image for " + wanted, "it has images for " + String.join(", ", offered));
    }
    return best;
  }
}
