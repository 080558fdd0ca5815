package dev.brig.linux;

/// What statx(2) tells about a file.
///
/// @see <a href="https://man7.org/linux/man-pages/man2/statx.2.html">statx(2)</a>
public final class FileStatus {
  static final int SIZE_BYTES = 256;

  // STATX_BASIC_STATS, and STATX_MNT_ID of Linux 5.8.
  static final int MASK = 0x7ff | 0x1000;

  private static final int ATTRIBUTE_MOUNT_ROOT = 0x2000;

  private final int mode;
  private final int uid;
  private final int gid;
  private final int linkCount;
  private final long inode;
  private final long sizeBytes;
  private final long blocks512;
  private final long attributes;
  private final long mountId;
  private final Device device;
  private final Device special;
  private final Timestamp accessed;
  private final Timestamp changed;
  private final Timestamp modified;

  FileStatus(Scratch.Room statx) {
    this.attributes = statx.getLong(8);
    this.linkCount = statx.getInt(16);
    this.uid = statx.getInt(20);
    this.gid = statx.getInt(24);
    this.mode = statx.getInt(28) & 0xffff;
    this.inode = statx.getLong(32);
    this.sizeBytes = statx.getLong(40);
    this.blocks512 = statx.getLong(48);
    this.accessed = new Timestamp(statx.getLong(64), statx.getInt(72));
    this.changed = new Timestamp(statx.getLong(96), statx.getInt(104));
    this.modified = new Timestamp(statx.getLong(112), statx.getInt(120));
    this.special = new Device(statx.getInt(128), statx.getInt(132));
    this.device = new Device(statx.getInt(136), statx.getInt(140));
    this.mountId = statx.getLong(144);
  }

  /// Returns the kind of file.
  public FileType type() {
    return FileType.of(mode);
  }

  /// Returns the permission bits with set-user-id, set-group-id and sticky: 0 to 07777.
  public int permissions() {
    return mode & 07777;
  }

  /// Returns type and permissions in one, as `st_mode`.
  public int mode() {
    return mode;
  }

  /// Returns the owner, as an unsigned number of the caller's user namespace.
  public int uid() {
    return uid;
  }

  /// Returns the group, as an unsigned number of the caller's user namespace.
  public int gid() {
    return gid;
  }

  /// Returns the number of hard links.
  public int linkCount() {
    return linkCount;
  }

  /// Returns the inode number, unique together with [#device].
  public long inode() {
    return inode;
  }

  /// Returns the size; for a symbolic link the length of its target.
  public long sizeBytes() {
    return sizeBytes;
  }

  /// Returns the number of blocks of 512 bytes that are allocated.
  public long blocks512() {
    return blocks512;
  }

  /// Returns the device that the file system is on.
  public Device device() {
    return device;
  }

  /// Returns the device that a device file stands for.
  public Device special() {
    return special;
  }

  /// Returns when the contents were last read.
  public Timestamp accessed() {
    return accessed;
  }

  /// Returns when the inode was last changed.
  public Timestamp changed() {
    return changed;
  }

  /// Returns when the contents were last changed.
  public Timestamp modified() {
    return modified;
  }

  /// Returns the number of the mount that the file was reached through, as in /proc/self/mountinfo.
  public long mountId() {
    return mountId;
  }

  /// Tells whether this is the root of a mount.
  public boolean isMountRoot() {
    return (attributes & ATTRIBUTE_MOUNT_ROOT) != 0;
  }

  /// Tells whether this is a directory.
  public boolean isDirectory() {
    return type() == FileType.DIRECTORY;
  }

  /// Tells whether two names, or a name and a descriptor, are the same inode.
  public boolean sameFile(FileStatus other) {
    return inode == other.inode && device.equals(other.device);
  }
}
