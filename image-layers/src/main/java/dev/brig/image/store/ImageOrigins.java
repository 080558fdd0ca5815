package dev.brig.image.store;

/// Where images come from, for those that are damaged.
public interface ImageOrigins {
  /// Nowhere: what is lost is lost.
  ImageOrigins NONE = _ -> false;

  /// Gets an image again. Blobs that the store lacks are fetched, all others are left.
  ///
  /// @param name the image's name, with its tag
  /// @return whether it is whole again
  boolean fetch(String name);
}
