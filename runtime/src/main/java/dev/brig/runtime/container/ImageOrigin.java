package dev.brig.runtime.container;

import java.nio.file.Path;
import java.util.List;

/// Where a container's root file system comes from.
///
/// @param reference the image as the user named it
/// @param id the image's identifier, or empty if it has none (a directory, the host's root)
/// @param layers the layers' directories, lowest first
public record ImageOrigin(String reference, String id, List<Path> layers) {
  /// Nothing known.
  public static final ImageOrigin UNKNOWN = new ImageOrigin("", "", List.of());

  /// Copies the list.
  public ImageOrigin {
    layers = List.copyOf(layers);
  }
}
