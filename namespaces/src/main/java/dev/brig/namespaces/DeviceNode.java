package dev.brig.namespaces;

/// A device of the container's.
///
/// @param path absolute path in the container
/// @param type `S_IFCHR`, `S_IFBLK` or `S_IFIFO`
/// @param major major number
/// @param minor minor number
/// @param mode permission bits
/// @param uid owner, in the container's ids
/// @param gid group, in the container's ids
/// @param hostPath where the host has it, for user namespaces, where it is bound instead of made
/// @param option what asked for it
public record DeviceNode(
    String path,
    int type,
    int major,
    int minor,
    int mode,
    int uid,
    int gid,
    String hostPath,
    String option) {
  /// A character device; inode(7).
  public static final int S_IFCHR = 0x2000;

  /// A named pipe; inode(7).
  public static final int S_IFIFO = 0x1000;

  /// A block device; inode(7).
  public static final int S_IFBLK = 0x6000;

  /// Returns the device number as mknod(2) takes it, see makedev(3).
  public long number() {
    return (minor & 0xffL) | ((major & 0xfffL) << 8) | ((minor & ~0xffL) << 12);
  }
}
