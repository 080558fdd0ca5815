package dev.brig.image.store;

import java.util.List;

/// Something in a store that is not what it has to be.
///
/// @param kind what it is
/// @param what the file or directory, by its path below the store's directory
/// @param finding what is wrong with it
/// @param images the names or ids of the images that need it
/// @param outcome what was done about it
public record Damage(Kind kind, String what, String finding, List<String> images, Outcome outcome) {
  /// Copies the list.
  public Damage {
    images = List.copyOf(images);
  }

  /// What is damaged.
  public enum Kind {
    /// The list of images.
    INDEX,
    /// A document or a layer's archive.
    BLOB,
    /// An unpacked layer.
    LAYER
  }

  /// What was done about damage.
  public enum Outcome {
    /// Nothing was tried.
    FOUND,
    /// It is whole again.
    MENDED,
    /// The images that need it have been removed.
    DROPPED,
    /// A container that runs uses it.
    IN_USE,
    /// It could not be had again.
    LOST
  }

  /// Returns the same damage with another outcome.
  Damage with(Outcome other) {
    return new Damage(kind, what, finding, images, other);
  }
}
