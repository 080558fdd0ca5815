package dev.brig.linux;

/// What newer kernels have, and since when.
public enum KernelFeature {
  /// mount_setattr(2), and with it mounts whose ids are mapped.
  MOUNT_SETATTR(5, 12),
  /// The file `cgroup.kill`.
  CGROUP_KILL(5, 14),
  /// An overlay whose layers are mounts with mapped ids.
  OVERLAY_ON_IDMAPPED(5, 19),
  /// A tmpfs whose ids are mapped.
  IDMAPPED_TMPFS(6, 3),
  /// memfd_create(2) with MFD_EXEC.
  MFD_EXEC(6, 3),
  /// fsconfig(2) with `lowerdir+`, a layer at a time.
  OVERLAY_LOWERDIR_APPEND(6, 8),
  /// fchmodat2(2).
  FCHMODAT2(6, 6),
  /// User extended attributes on tmpfs.
  TMPFS_USER_XATTR(6, 6),
  /// statmount(2) and listmount(2).
  STATMOUNT(6, 8),
  /// pidfd_send_signal(2) to a whole group.
  PIDFD_SIGNAL_GROUP(6, 9),
  /// An EROFS mounted from a regular file, without a loop device.
  EROFS_FROM_FILE(6, 12),
  /// fsconfig(2) with overlay layers given as descriptors.
  OVERLAY_LAYER_FD(6, 13),
  /// open_tree_attr(2).
  OPEN_TREE_ATTR(6, 15);

  private final int major;
  private final int minor;

  KernelFeature(int major, int minor) {
    this.major = major;
    this.minor = minor;
  }

  /// Tells whether a kernel of this release has it. A distribution's kernel may have more than its
  /// release promises, never less.
  public boolean isIn(KernelRelease release) {
    return release.atLeast(major, minor);
  }

  /// Returns the first release that has it, `5.12` for example.
  public String since() {
    return major + "." + minor;
  }
}
