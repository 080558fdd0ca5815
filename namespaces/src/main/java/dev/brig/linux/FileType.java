package dev.brig.linux;

/// What kind of file an inode is.
///
/// @see <a href="https://man7.org/linux/man-pages/man7/inode.7.html">inode(7)</a>
public enum FileType {
  /// S_IFREG.
  REGULAR(0100000),
  /// S_IFDIR.
  DIRECTORY(0040000),
  /// S_IFLNK.
  SYMLINK(0120000),
  /// S_IFCHR.
  CHARACTER_DEVICE(0020000),
  /// S_IFBLK.
  BLOCK_DEVICE(0060000),
  /// S_IFIFO.
  FIFO(0010000),
  /// S_IFSOCK.
  SOCKET(0140000),
  /// A directory entry whose file system does not say; `stat` does.
  UNKNOWN(0);

  private static final int S_IFMT = 0170000;

  private final int bits;

  FileType(int bits) {
    this.bits = bits;
  }

  /// Returns the bits that stand for this type in `st_mode`.
  public int bits() {
    return bits;
  }

  /// Returns the type in the upper bits of `st_mode`; a directory entry's type is the same shifted
  /// by 12.
  static FileType of(int mode) {
    for (FileType type : values()) {
      if (type.bits == (mode & S_IFMT)) {
        return type;
      }
    }
    return UNKNOWN;
  }
}
