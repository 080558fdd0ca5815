package dev.brig.seccomp;

import dev.brig.linux.Capability;
import dev.brig.linux.KernelRelease;
import dev.brig.linux.Machine;
import java.util.Set;

/// What a profile's rules depend on besides the call.
///
/// @param capabilities the bounding set of the container
/// @param machine the machine it runs on
/// @param release the kernel it runs on
public record Circumstances(Set<Capability> capabilities, Machine machine, KernelRelease release) {
  /// Copies the set.
  public Circumstances {
    capabilities = Set.copyOf(capabilities);
  }
}
