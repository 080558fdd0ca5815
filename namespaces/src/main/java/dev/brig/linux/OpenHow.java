package dev.brig.linux;

import java.util.List;

/// How openat2(2) opens a file. `O_CLOEXEC` is always added.
///
/// @param flags the flags of open(2)
/// @param permissions of a new file, zero unless `O_CREAT` or `O_TMPFILE` is among the flags
/// @param resolve the rules for walking the path
/// @see <a href="https://man7.org/linux/man-pages/man2/openat2.2.html">openat2(2)</a>
public record OpenHow(List<OpenFlag> flags, int permissions, List<ResolveFlag> resolve) {
  static final int SIZE_BYTES = 24;

  /// Copies the lists.
  public OpenHow {
    flags = List.copyOf(flags);
    resolve = List.copyOf(resolve);
  }

  /// Returns how to open what exists, with the directory taken for the root of the path: absolute
  /// paths, `..` and symbolic links stay inside it.
  public static OpenHow inRoot(OpenFlag... flags) {
    return new OpenHow(
        List.of(flags), 0, List.of(ResolveFlag.RESOLVE_IN_ROOT, ResolveFlag.RESOLVE_NO_MAGICLINKS));
  }

  /// Returns how to open what exists below the directory, through no symbolic link anywhere.
  public static OpenHow beneath(OpenFlag... flags) {
    return new OpenHow(
        List.of(flags), 0, List.of(ResolveFlag.RESOLVE_BENEATH, ResolveFlag.RESOLVE_NO_SYMLINKS));
  }

  /// Returns the same with permissions for a new file.
  public OpenHow creating(int permissions) {
    return new OpenHow(flags, permissions, resolve);
  }

  long flagBits(Machine machine) {
    long bits = OpenFlag.O_CLOEXEC.bit(machine);
    for (OpenFlag flag : flags) {
      bits |= flag.bit(machine);
    }
    return bits;
  }

  long resolveBits(Machine machine) {
    long bits = 0;
    for (ResolveFlag flag : resolve) {
      bits |= flag.bit(machine);
    }
    return bits;
  }
}
