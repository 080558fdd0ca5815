package dev.brig.cgroups;

/// The two interfaces of control groups. A hybrid host has both at once, each controller on one of
/// them.
public enum Version {
  /// One hierarchy for each controller, or for a few.
  V1,
  /// The unified hierarchy.
  V2
}
