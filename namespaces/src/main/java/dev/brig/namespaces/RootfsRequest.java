package dev.brig.namespaces;

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
public record RootfsRequest(
    Rootfs rootfs,
    String mountPoint,
    Access access,
    List<MountRequest> mounts,
    List<DeviceNode> devices,
    Nodes nodes,
    List<ProtectedPath> masked,
    List<ProtectedPath> readonly,
    Terminal terminal) {
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
        rootfs, mountPoint, access, mounts, devices, nodes, masked, others, terminal);
  }

  /// Returns this request with other mounts.
  public RootfsRequest withMounts(List<MountRequest> others) {
    return new RootfsRequest(
        rootfs, mountPoint, access, others, devices, nodes, masked, readonly, terminal);
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
