package dev.brig.image.store;

import java.util.List;

/// How much room a store takes.
///
/// @param kinds the kinds of things in it
/// @param images each image, one that has several names once
public record DiskUsage(List<Kind> kinds, List<ImageRoom> images) {
  /// No store at all.
  public static final DiskUsage NONE = new DiskUsage(List.of(), List.of());

  /// Copies the lists.
  public DiskUsage {
    kinds = List.copyOf(kinds);
    images = List.copyOf(images);
  }

  /// One kind of things.
  ///
  /// @param name what they are called
  /// @param total how many there are
  /// @param active how many of them a container needs
  /// @param bytes the room that all take
  /// @param reclaimableBytes the room of those that no container needs
  public record Kind(String name, int total, int active, long bytes, long reclaimableBytes) {}

  /// The room of one image's blobs.
  ///
  /// @param image the image, under one of its names
  /// @param sharedBytes the room of those that another image has as well
  /// @param uniqueBytes the room of those that no other has
  /// @param containers whether containers were made from it
  public record ImageRoom(StoredImage image, long sharedBytes, long uniqueBytes, Use containers) {}

  /// Whether something is needed by a container.
  public enum Use {
    /// It is.
    USED,
    /// It is not.
    UNUSED
  }
}
