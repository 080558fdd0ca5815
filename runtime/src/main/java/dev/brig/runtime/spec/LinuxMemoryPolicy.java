package dev.brig.runtime.spec;

import java.util.List;

/// The NUMA memory policy of the process (`linux.memoryPolicy`).
///
/// @param mode the policy
/// @param nodes the list of nodes, `0-3,7`; empty for the modes that take none
/// @param flags the flags
/// @see <a href="https://man7.org/linux/man-pages/man2/set_mempolicy.2.html">set_mempolicy(2)</a>
public record LinuxMemoryPolicy(Mode mode, String nodes, List<Flag> flags) {
  /// Copies the list.
  public LinuxMemoryPolicy {
    flags = List.copyOf(flags);
  }

  /// Policies by the specification's and the kernel's names.
  public enum Mode {
    MPOL_DEFAULT,
    MPOL_PREFERRED,
    MPOL_BIND,
    MPOL_INTERLEAVE,
    MPOL_LOCAL,
    MPOL_PREFERRED_MANY,
    MPOL_WEIGHTED_INTERLEAVE
  }

  /// Flags by the specification's and the kernel's names.
  public enum Flag {
    MPOL_F_NUMA_BALANCING,
    MPOL_F_RELATIVE_NODES,
    MPOL_F_STATIC_NODES
  }
}
