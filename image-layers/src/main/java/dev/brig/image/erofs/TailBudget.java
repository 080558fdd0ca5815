package dev.brig.image.erofs;

/// Decides which files' last bytes lie behind their inodes, in place of a block of their own.
///
/// Such bytes are kept in memory until the inodes are written. Half a block at most, for what does
/// not fit behind its inode leaves a gap before it.
final class TailBudget {
  static final int BYTES_MAX = Format.BLOCK / 2;
  private static final long ALL_BYTES_MAX = 12 << 20;

  private long granted;

  boolean grant(int bytes) {
    if (bytes == 0 || bytes > BYTES_MAX || granted + bytes > ALL_BYTES_MAX) {
      return false;
    }
    granted += bytes;
    return true;
  }
}
