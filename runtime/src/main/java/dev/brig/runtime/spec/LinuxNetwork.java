package dev.brig.runtime.spec;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Classes and priorities of network traffic (`linux.resources.network`); cgroup v1 only.
///
/// @param classId the traffic class (`classID`), 0 to 2^32-1; null leaves the kernel's setting
/// @param priorities priorities by interface
public record LinuxNetwork(@Nullable Long classId, List<LinuxInterfacePriority> priorities) {
  /// Nothing asked for.
  public static final LinuxNetwork NONE = new LinuxNetwork(null, List.of());

  /// Copies the list.
  public LinuxNetwork {
    priorities = List.copyOf(priorities);
  }
}
