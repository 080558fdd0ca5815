package dev.brig.cgroups;

/// Whether brig runs as root; it decides which remedy a refusal names.
public enum Privilege {
  /// As root of the machine, or of a container.
  ROOT,
  /// As an ordinary user.
  ROOTLESS
}
