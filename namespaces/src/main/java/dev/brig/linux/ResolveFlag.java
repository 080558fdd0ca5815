package dev.brig.linux;

/// How openat2(2) walks a path.
///
/// @see <a href="https://man7.org/linux/man-pages/man2/openat2.2.html">openat2(2)</a>
public enum ResolveFlag implements Flag {
  RESOLVE_NO_XDEV(0x1),
  RESOLVE_NO_MAGICLINKS(0x2),
  RESOLVE_NO_SYMLINKS(0x4),
  /// Refuses with EXDEV a path that leaves the directory.
  RESOLVE_BENEATH(0x8),
  /// Takes the directory for the root: absolute paths and links begin there, and `..` stays inside.
  RESOLVE_IN_ROOT(0x10),
  RESOLVE_CACHED(0x20);

  private final long bit;

  ResolveFlag(long bit) {
    this.bit = bit;
  }

  @Override
  public long bit(Machine machine) {
    return bit;
  }
}
