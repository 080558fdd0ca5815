package dev.brig.namespaces;

import dev.brig.plan.Operand.Num;
import java.util.ArrayList;
import java.util.List;

/// All that decides what files a container sees.
///
/// @param rootfs what the root is made of
/// @param mountPoint absolute path of an empty directory on the host over which the root is
///   mounted, in the container's mount namespace only
/// @param access whether the root can be written to
/// @param mounts the mounts, in order
/// @param devices the devices in /dev, made if /dev is a new tmpfs
/// @param nodes how devices are made
/// @param masked paths that are hidden
/// @param readonly paths that are made read-only
/// @param terminal whether /dev/console is a new pseudo-terminal
/// @param entrance how the process gets in
public record RootfsRequest(
    Rootfs rootfs,
    String mountPoint,
    Access access,
    List<MountRequest> mounts,
    List<DeviceNode> devices,
    Nodes nodes,
    List<ProtectedPath> masked,
    List<ProtectedPath> readonly,
    Terminal terminal,
    Entrance entrance) {
  /// Copies the lists.
  public RootfsRequest {
    mounts = List.copyOf(mounts);
    devices = List.copyOf(devices);
    masked = List.copyOf(masked);
    readonly = List.copyOf(readonly);
  }

  /// Returns this request with mounts that come before all others.
  public RootfsRequest withMountsBefore(List<MountRequest> first) {
    List<MountRequest> all = new ArrayList<>(first);
    all.addAll(mounts);
    return withMounts(all);
  }

  /// Returns this request without a path that is made read-only.
  public RootfsRequest withoutReadonly(String path) {
    List<ProtectedPath> others = new ArrayList<>(readonly);
    others.removeIf(other -> other.path().equals(path));
    return new RootfsRequest(
        rootfs, mountPoint, access, mounts, devices, nodes, masked, others, terminal, entrance);
  }

  /// Returns this request with another root.
  public RootfsRequest withRootfs(Rootfs other) {
    return new RootfsRequest(
        other, mountPoint, access, mounts, devices, nodes, masked, readonly, terminal, entrance);
  }

  /// Returns this request with another way in.
  public RootfsRequest withEntrance(Entrance other) {
    return new RootfsRequest(
        rootfs, mountPoint, access, mounts, devices, nodes, masked, readonly, terminal, other);
  }

  /// Returns this request with other mounts.
  public RootfsRequest withMounts(List<MountRequest> others) {
    return new RootfsRequest(
        rootfs, mountPoint, access, others, devices, nodes, masked, readonly, terminal, entrance);
  }

  /// How a process gets into the root.
  ///
  /// @param way by which system call
  /// @param propagation `MS_SLAVE`, `MS_SHARED` or `MS_UNBINDABLE`, with `MS_REC` for all mounts
  ///   below the root, or zero for a root that is private
  /// @param origin who says what is mounted
  public record Entrance(Way way, Num propagation, Origin origin) {
    /// By pivot_root(2), into a private root.
    public static final Entrance PIVOT = new Entrance(Way.PIVOT, Abi.ZERO, Origin.BRIG);

    /// Returns whether mounts of the host below the root, made later, are to appear in it.
    boolean isSlave() {
      return (propagation.value() & 0x80000) != 0;
    }
  }

  /// Who says what is mounted.
  public enum Origin {
    /// brig itself, but for mounts that an option asks for.
    BRIG,
    /// A configuration that somebody else has written.
    BUNDLE
  }

  /// By which system call a process gets into the root.
  public enum Way {
    /// pivot_root(2), after which nothing of the host's root is left.
    PIVOT,
    /// The root is moved over the host's, and chroot(2) follows: for a host's root that can't be
    /// pivoted, an initial ramfs. The host's mounts stay below it, out of sight.
    MOVE,
    /// chroot(2) alone, in the caller's own mount namespace: what is mounted, everybody sees.
    CHROOT,
    /// None, in the caller's own mount namespace: the process stays outside of the root, which is
    /// only mounted.
    BARE,
    /// None, in a mount namespace of its own: the process stays outside, and shows the root to
    /// somebody else.
    MONITOR
  }

  /// Whether the root can be written to.
  public enum Access {
    /// It can.
    READ_WRITE,
    /// It can't: `--read-only`.
    READ_ONLY
  }

  /// How devices come into /dev.
  public enum Nodes {
    /// mknod(2), for which CAP_MKNOD in the initial user namespace is needed.
    MADE,
    /// Bind mounts of the host's devices.
    BOUND
  }

  /// Whether the container has a terminal.
  public enum Terminal {
    /// No: its standard streams are the caller's, or pipes.
    NONE,
    /// Yes: a pseudo-terminal, whose slave is /dev/console.
    CONSOLE
  }
}
