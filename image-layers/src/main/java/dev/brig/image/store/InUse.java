package dev.brig.image.store;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/// What containers need of a store.
///
/// @param imageIds the images that containers were made from
/// @param layers the layers of these, as the store gave them out
public record InUse(Set<String> imageIds, Set<Path> layers) {
  /// No container at all.
  public static final InUse NOTHING = new InUse(Set.of(), Set.of());

  /// Copies the sets.
  public InUse {
    imageIds = Set.copyOf(imageIds);
    layers = Set.copyOf(layers);
  }

  /// Returns the names below `layers` of the layers that are in this store.
  ///
  /// @param store the store's directory
  Set<String> keys(Path store) {
    Path all = store.resolve("layers");
    Set<String> keys = new HashSet<>();
    for (Path layer : layers) {
      if (layer.startsWith(all) && layer.getNameCount() > all.getNameCount()) {
        keys.add(layer.getName(all.getNameCount()).toString());
      }
    }
    return keys;
  }
}
