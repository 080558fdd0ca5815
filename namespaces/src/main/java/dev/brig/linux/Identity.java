package dev.brig.linux;

import java.util.Set;

/// Who a process runs as.
///
/// @param uid the real user id
/// @param euid the effective user id
/// @param gid the real group id
/// @param egid the effective group id
/// @param effective the effective capabilities
public record Identity(int uid, int euid, int gid, int egid, Set<Capability> effective) {
  /// Copies the set.
  public Identity {
    effective = Set.copyOf(effective);
  }

  /// Tells whether brig has to make a user namespace before anything else: it runs without
  /// CAP_SYS_ADMIN.
  public boolean isRootless() {
    return !effective.contains(Capability.CAP_SYS_ADMIN);
  }
}
