package dev.brig.image.layer;

/// Whose the unpacked files are.
public enum Ownership {
  /// As the layer says, which takes root.
  KEPT,
  /// As the layer says, in the ids of a user namespace that this process is root of. What belongs
  /// to an id that the namespace lacks becomes root's.
  MAPPED,
  /// All the caller's: an ordinary user cannot give files away, and in a user namespace where the
  /// caller is root that is all there is.
  CALLER
}
