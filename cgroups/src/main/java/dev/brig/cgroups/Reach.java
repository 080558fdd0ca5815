package dev.brig.cgroups;

/// In which hierarchies of version 1 a container gets a cgroup.
public enum Reach {
  /// Where a limit needs one: each costs about 0.1 ms.
  NEEDED,
  /// In all: its callers count and limit what it uses in any of them, and it must not be counted
  /// with its caller.
  EVERYWHERE
}
