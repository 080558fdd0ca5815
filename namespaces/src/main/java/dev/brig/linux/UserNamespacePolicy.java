package dev.brig.linux;

/// What a host lets ordinary users do with user namespaces.
///
/// @param namespacesMax how many may exist in the caller's user namespace,
///   `user.max_user_namespaces`
/// @param unprivilegedClone the switch `kernel.unprivileged_userns_clone` of Debian's kernels
/// @param apparmorRestriction the switch `kernel.apparmor_restrict_unprivileged_userns` of Ubuntu's
///   kernels: if on, a program without a profile of its own gets no capability in the namespace it
///   makes
public record UserNamespacePolicy(
    long namespacesMax, Switch unprivilegedClone, Switch apparmorRestriction) {

  /// A setting that a kernel may lack.
  public enum Switch {
    /// The kernel has no such setting.
    ABSENT,
    /// It is 0.
    OFF,
    /// It is 1 or more.
    ON
  }
}
