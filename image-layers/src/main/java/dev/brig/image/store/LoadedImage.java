package dev.brig.image.store;

import java.util.List;

/// An image that was taken into the store.
///
/// @param names the names that it has there, each with its tag; none if its source gave none
/// @param id the digest of its configuration in hexadecimal, 64 digits
public record LoadedImage(List<String> names, String id) {
  /// Copies the list.
  public LoadedImage {
    names = List.copyOf(names);
  }
}
