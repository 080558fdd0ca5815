package dev.brig.image.layer;

/// Whose the unpacked files are.
public enum Ownership {
  /// As the layer says, which takes root.
  KEPT,
  /// All the caller's: an ordinary user cannot give files away, and in a user namespace where the
  /// caller is root that is all there is.
  CALLER
}
