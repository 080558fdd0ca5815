package dev.brig.seccomp;

import dev.brig.linux.Capability;
import dev.brig.linux.KernelRelease;
import dev.brig.linux.Machine;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// When a rule is part of a filter: the `includes` or the `excludes` of a profile. Empty parts say
/// nothing.
///
/// @param capabilities of the container
/// @param architectures in the words of Go: `amd64`, `arm64`
/// @param minKernel the first kernel, or null for any
public record RuleCondition(
    Set<Capability> capabilities, List<String> architectures, @Nullable KernelRelease minKernel) {
  /// The condition that says nothing.
  public static final RuleCondition NONE = new RuleCondition(Set.of(), List.of(), null);

  /// Copies the collections.
  public RuleCondition {
    capabilities = Set.copyOf(capabilities);
    architectures = List.copyOf(architectures);
  }

  /// Tells whether everything that this says, as `includes`, is so.
  boolean admits(Circumstances given) {
    return given.capabilities().containsAll(capabilities)
        && (architectures.isEmpty() || architectures.contains(word(given.machine())))
        && (minKernel == null || isAtLeast(given.release(), minKernel));
  }

  /// Tells whether anything that this says, as `excludes`, is so.
  boolean rejects(Circumstances given) {
    for (Capability capability : capabilities) {
      if (given.capabilities().contains(capability)) {
        return true;
      }
    }
    return architectures.contains(word(given.machine()))
        || (minKernel != null && isAtLeast(given.release(), minKernel));
  }

  private static boolean isAtLeast(KernelRelease release, KernelRelease min) {
    return release.atLeast(min.major(), min.minor());
  }

  private static String word(Machine machine) {
    return switch (machine) {
      case X86_64 -> "amd64";
      case AARCH64 -> "arm64";
    };
  }
}
