package dev.brig.linux;

/// The facts of the host that plans depend on.
///
/// [HostProbe] reads them from the machine, each when first asked for; [HostFacts] holds made-up or
/// recorded ones. What it is not: the state of cgroups, images or containers.
public interface Host {

  /// Returns the kernel's release.
  KernelRelease release();

  /// Returns the machine's architecture.
  Machine machine();

  /// Returns who brig runs as.
  Identity identity();

  /// Tells whether a path of the host exists, links followed. For paths below /proc and /sys, which
  /// depend on the kernel and not on an image.
  boolean exists(String path);

  /// Returns the permissions that new files of the caller don't get.
  int umask();

  /// Returns the host's name.
  String hostname();

  /// Returns a resource limit of the caller.
  Rlimit.Value limit(Rlimit limit);

  /// Returns what the host lets ordinary users do with user namespaces.
  UserNamespacePolicy userNamespaces();

  /// Returns the ids that the caller may map into a user namespace, besides its own.
  SubordinateIds subordinateIds();

  /// Tells whether the kernel has a feature.
  default boolean has(KernelFeature feature) {
    return feature.isIn(release());
  }
}
