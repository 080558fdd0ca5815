package dev.brig.runtime.spec;

import org.jspecify.annotations.Nullable;

/// The limit on tasks (`linux.resources.pids`).
///
/// @param limit how many tasks; -1 for no limit; null leaves the kernel's setting
public record LinuxPids(@Nullable Long limit) {
  /// Nothing asked for.
  public static final LinuxPids NONE = new LinuxPids(null);
}
