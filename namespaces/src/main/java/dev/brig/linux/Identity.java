package dev.brig.linux;

import java.util.Set;

/// Who a process runs as.
///
/// @param uid the real user id
/// @param euid the effective user id
/// @param gid the real group id
/// @param egid the effective group id
/// @param effective the effective capabilities
/// @param place the user namespace in which all that is so
public record Identity(
    int uid, int euid, int gid, int egid, Set<Capability> effective, UserNamespace place) {
  /// Copies the set.
  public Identity {
    effective = Set.copyOf(effective);
  }

  /// Which user namespace a process is in; user_namespaces(7).
  public enum UserNamespace {
    /// The first one, whose root is the machine's.
    INITIAL,
    /// Another one: what its capabilities allow is less.
    OTHER
  }

  /// Tells whether containers have to get a user namespace of their own: brig runs without
  /// CAP_SYS_ADMIN, or has it in a user namespace only, where it may make no devices and set no
  /// `trusted` attributes.
  public boolean isRootless() {
    return place == UserNamespace.OTHER || !effective.contains(Capability.CAP_SYS_ADMIN);
  }

  /// Tells whether brig may do in a user namespace what root may do there: mount, and give files to
  /// each id of the namespace.
  public boolean isRootOfItsNamespace() {
    return place == UserNamespace.OTHER && effective.contains(Capability.CAP_SYS_ADMIN);
  }
}
