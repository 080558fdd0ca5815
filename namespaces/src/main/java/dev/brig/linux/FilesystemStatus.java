package dev.brig.linux;

import java.util.Set;

/// What statfs(2) tells about a filesystem.
///
/// @param type the magic number of its type
/// @param bytesAvailable how much an ordinary user may still write
/// @param inodes how many files it can have, 0 if it has no such bound
/// @param inodesFree how many more
/// @param flags the flags of the mount: ST_RDONLY 1, ST_NOSUID 2, ST_NODEV 4, ST_NOEXEC 8
/// @see <a href="https://man7.org/linux/man-pages/man2/statfs.2.html">statfs(2)</a>
public record FilesystemStatus(
    long type, long bytesAvailable, long inodes, long inodesFree, long flags) {
  /// The type of overlayfs.
  public static final long OVERLAYFS = 0x794c_7630L;

  /// The type of tmpfs.
  public static final long TMPFS = 0x0102_1994L;

  /// The type of NFS.
  public static final long NFS = 0x6969L;

  /// The type of FUSE.
  public static final long FUSE = 0x6573_5546L;

  /// The types whose files are kept nowhere: tmpfs, proc, sysfs, devpts, cgroup, cgroup2, mqueue,
  /// securityfs, debugfs, bpf, as statfs(2) numbers them.
  public static final Set<Long> MADE_UP =
      Set.of(
          TMPFS,
          0x9fa0L,
          0x6265_6572L,
          0x1cd1L,
          0x27_e0ebL,
          0x6367_7270L,
          0x1980_0202L,
          0x7363_6673L,
          0x6462_6720L,
          0xcafe_4a11L);

  static final int SIZE_BYTES = 120;

  // struct statfs: type, block size, blocks, free, available, files, files free, fsid, name length,
  // fragment
  // size, flags; eight bytes each.
  static FilesystemStatus of(Scratch.Room room) {
    return new FilesystemStatus(
        room.getLong(0),
        room.getLong(32) * room.getLong(8),
        room.getLong(40),
        room.getLong(48),
        room.getLong(80));
  }
}
