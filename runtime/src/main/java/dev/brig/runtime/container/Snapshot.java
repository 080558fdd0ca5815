package dev.brig.runtime.container;

import java.nio.file.Path;
import java.util.List;

/// What a container had at a moment.
///
/// @param name what the user calls it, unique in its container
/// @param parent the snapshot that the container stood on, or empty for its image
/// @param createdSeconds when, in seconds since 1970
/// @param comment what it is for, or empty
/// @param layers all layers, the lowest first
public record Snapshot(
    String name, String parent, long createdSeconds, String comment, List<Path> layers) {
  /// Copies the list.
  public Snapshot {
    layers = List.copyOf(layers);
  }
}
