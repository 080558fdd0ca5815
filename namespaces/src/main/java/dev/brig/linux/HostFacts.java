package dev.brig.linux;

import java.util.List;
import java.util.Map;
import java.util.Set;

/// Facts of a host that need not be this one: for tests, and for plans that are made elsewhere than
/// run.
///
/// @param platform kernel, machine and name
/// @param identity who brig runs as
/// @param paths the paths that exist
/// @param umask the permissions that new files don't get
/// @param limits the resource limits; those not listed are infinite
/// @param ids what may be done with user namespaces
public record HostFacts(
    Platform platform,
    Identity identity,
    Set<String> paths,
    int umask,
    Map<Rlimit, Rlimit.Value> limits,
    IdFacts ids)
    implements Host {

  /// Copies the collections.
  public HostFacts {
    paths = Set.copyOf(paths);
    limits = Map.copyOf(limits);
  }

  /// Kernel, machine and name.
  ///
  /// @param release the kernel's release
  /// @param machine the architecture
  /// @param hostname the host's name
  public record Platform(KernelRelease release, Machine machine, String hostname) {}

  /// What may be done with user namespaces.
  ///
  /// @param policy the host's settings
  /// @param subordinate the caller's ranges
  public record IdFacts(UserNamespacePolicy policy, SubordinateIds subordinate) {}

  /// Returns a recent x86-64 host on which brig runs as root with all capabilities and no path is
  /// known to exist.
  public static HostFacts root() {
    SubordinateIds none =
        new SubordinateIds("root", List.of(), List.of(), new SubordinateIds.Programs("", ""));
    UserNamespacePolicy.Switch absent = UserNamespacePolicy.Switch.ABSENT;
    return new HostFacts(
        new Platform(KernelRelease.parse("6.18.0"), Machine.X86_64, "host"),
        new Identity(0, 0, 0, 0, Set.of(Capability.values()), Identity.UserNamespace.INITIAL),
        Set.of(),
        022,
        Map.of(),
        new IdFacts(new UserNamespacePolicy(1 << 16, absent, absent), none));
  }

  /// Returns this host with another caller.
  public HostFacts as(Identity other) {
    return new HostFacts(platform, other, paths, umask, limits, ids);
  }

  /// Returns this host with other user-namespace facts.
  public HostFacts with(IdFacts other) {
    return new HostFacts(platform, identity, paths, umask, limits, other);
  }

  /// Returns this host with another kernel or name.
  public HostFacts on(Platform other) {
    return new HostFacts(other, identity, paths, umask, limits, ids);
  }

  /// Returns this host with these paths and no others.
  public HostFacts withPaths(Set<String> others) {
    return new HostFacts(platform, identity, others, umask, limits, ids);
  }

  /// Returns this host with these limits and no others.
  public HostFacts withLimits(Map<Rlimit, Rlimit.Value> others) {
    return new HostFacts(platform, identity, paths, umask, others, ids);
  }

  @Override
  public KernelRelease release() {
    return platform.release();
  }

  @Override
  public Machine machine() {
    return platform.machine();
  }

  @Override
  public String hostname() {
    return platform.hostname();
  }

  @Override
  public boolean exists(String path) {
    return paths.contains(path);
  }

  @Override
  public Rlimit.Value limit(Rlimit limit) {
    Rlimit.Value value = limits.get(limit);
    return value == null ? new Rlimit.Value(Rlimit.INFINITY, Rlimit.INFINITY) : value;
  }

  @Override
  public UserNamespacePolicy userNamespaces() {
    return ids.policy();
  }

  @Override
  public SubordinateIds subordinateIds() {
    return ids.subordinate();
  }
}
