package dev.brig.plan;

/// A 64-bit variable of the program that holds a result (a descriptor, a pid) for a later step.
///
/// Slots start as zero. After fork or clone each process has its own copy. Two slots are the same
/// if their names are.
///
/// @param name what the value is, in the words of the man pages: `rootfd`, `pidfd`
public record Slot(String name) {
  /// For results that mean nothing to the plan. No listing shows it.
  public static final Slot UNUSED = new Slot("unused");
}
