package dev.brig.linux;

/// Attributes of a mount, for fsmount(2), mount_setattr(2) and open_tree_attr(2).
///
/// The three ATIME values share a field: [#MOUNT_ATTR_RELATIME] is its zero, and a change of any of
/// them clears [#MOUNT_ATTR__ATIME].
///
/// @see <a href="https://man7.org/linux/man-pages/man2/mount_setattr.2.html">mount_setattr(2)</a>
public enum MountAttr implements Flag {
  MOUNT_ATTR_RDONLY(0x1),
  MOUNT_ATTR_NOSUID(0x2),
  MOUNT_ATTR_NODEV(0x4),
  MOUNT_ATTR_NOEXEC(0x8),
  MOUNT_ATTR_RELATIME(0),
  MOUNT_ATTR_NOATIME(0x10),
  MOUNT_ATTR_STRICTATIME(0x20),
  /// The mask of the field that the ATIME values share.
  MOUNT_ATTR__ATIME(0x70),
  MOUNT_ATTR_NODIRATIME(0x80),
  MOUNT_ATTR_IDMAP(0x100000),
  MOUNT_ATTR_NOSYMFOLLOW(0x200000);

  private final long bit;

  MountAttr(long bit) {
    this.bit = bit;
  }

  @Override
  public long bit(Machine machine) {
    return bit;
  }
}
