package dev.brig.linux;

/// Flags of openat(2) and openat2(2). Some have other numbers on aarch64.
///
/// @see <a href="https://man7.org/linux/man-pages/man2/open.2.html">open(2)</a>
public enum OpenFlag implements Flag {
  O_RDONLY(0, 0),
  O_WRONLY(1, 1),
  O_RDWR(2, 2),
  O_CREAT(0100, 0100),
  O_EXCL(0200, 0200),
  O_NOCTTY(0400, 0400),
  O_TRUNC(01000, 01000),
  O_APPEND(02000, 02000),
  O_NONBLOCK(04000, 04000),
  O_DSYNC(010000, 010000),
  O_DIRECT(040000, 0200000),
  O_LARGEFILE(0100000, 0400000),
  O_DIRECTORY(0200000, 040000),
  O_NOFOLLOW(0400000, 0100000),
  O_NOATIME(01000000, 01000000),
  O_CLOEXEC(02000000, 02000000),
  O_SYNC(04010000, 04010000),
  O_PATH(010000000, 010000000),
  O_TMPFILE(020200000, 020040000);

  private final int x86Bit;
  private final int aarch64Bit;

  OpenFlag(int x86Bit, int aarch64Bit) {
    this.x86Bit = x86Bit;
    this.aarch64Bit = aarch64Bit;
  }

  @Override
  public long bit(Machine machine) {
    return switch (machine) {
      case X86_64 -> x86Bit;
      case AARCH64 -> aarch64Bit;
    };
  }
}
