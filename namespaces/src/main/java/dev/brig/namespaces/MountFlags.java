package dev.brig.namespaces;

import dev.brig.namespaces.MountRequest.Parameter;
import dev.brig.plan.Operand.Num;
import java.util.List;

/// The flags of mount(2).
final class MountFlags {
  static final Num MS_RDONLY = new Num(1, "MS_RDONLY");
  static final Num MS_BIND = new Num(0x1000, "MS_BIND");
  static final Num MS_REMOUNT = new Num(0x20, "MS_REMOUNT");
  static final Num MS_REC = new Num(0x4000, "MS_REC");

  /// Pairs of a `MOUNT_ATTR_*` bit and the `MS_*` bit of the same meaning; mount_setattr(2),
  /// mount(2).
  private static final long[][] PAIRS = {
    {1, 1},
    {2, 2},
    {4, 4},
    {8, 8},
    {0x10, 0x400},
    {0x20, 0x1000000},
    {0x80, 0x800},
    {0x200000, 0x100},
  };

  /// All that says when access times are kept, as mount_setattr(2) wants it cleared.
  private static final long ATIME = 0x70;

  private static final String[] NAMES = {
    "RDONLY", "NOSUID", "NODEV", "NOEXEC", "NOATIME", "STRICTATIME", "NODIRATIME", "NOSYMFOLLOW",
  };

  /// The places of the pairs in the order of their `MS_*` bits, in which strace writes these.
  private static final int[] OLD_ORDER = {0, 1, 2, 3, 7, 4, 6, 5};

  /// Flags of a superblock, by their names as parameters.
  private static final String[] SUPERBLOCK = {
    "sync", "mand", "dirsync", "silent", "iversion", "lazytime",
  };

  private static final Num[] SUPERBLOCK_FLAGS = {
    new Num(0x10, "MS_SYNCHRONOUS"),
    new Num(0x40, "MS_MANDLOCK"),
    new Num(0x80, "MS_DIRSYNC"),
    new Num(0x8000, "MS_SILENT"),
    new Num(0x800000, "MS_I_VERSION"),
    new Num(0x2000000, "MS_LAZYTIME"),
  };

  private MountFlags() {}

  /// Returns the flag of a superblock that a parameter names, or 0.
  static long bit(Parameter parameter) {
    for (int i = 0; i < SUPERBLOCK.length; i++) {
      if (parameter.value().isEmpty() && parameter.key().equals(SUPERBLOCK[i])) {
        return SUPERBLOCK_FLAGS[i].value();
      }
    }
    return 0;
  }

  /// Tells whether fsconfig(2) does not know the flag that a parameter names: it has an effect in
  /// mount(2) alone, on the words in the kernel's log and on filesystems that a version is counted
  /// for anyway.
  static boolean isNoParameter(Parameter parameter) {
    return parameter.value().isEmpty()
        && (parameter.key().equals("silent") || parameter.key().equals("iversion"));
  }

  /// Returns the flags that mean what these attributes do, and those that parameters name.
  static Num of(Num attributes, List<Parameter> parameters) {
    Num flags = of(attributes);
    for (int i = 0; i < SUPERBLOCK.length; i++) {
      for (Parameter parameter : parameters) {
        if (bit(parameter) == SUPERBLOCK_FLAGS[i].value()) {
          flags = flags.value() == 0 ? SUPERBLOCK_FLAGS[i] : Abi.or(flags, SUPERBLOCK_FLAGS[i]);
        }
      }
    }
    return flags;
  }

  /// Returns attributes of a mount, written as strace does.
  static Num attributes(long bits) {
    StringBuilder text = new StringBuilder();
    boolean times = (bits & ATIME) == ATIME;
    if (times) {
      text.append("MOUNT_ATTR__ATIME");
    }
    for (int i = 0; i < PAIRS.length; i++) {
      boolean told = times && (PAIRS[i][0] & ATIME) != 0;
      if ((bits & PAIRS[i][0]) != 0 && !told) {
        text.append(text.isEmpty() ? "MOUNT_ATTR_" : "|MOUNT_ATTR_").append(NAMES[i]);
      }
    }
    return text.isEmpty() ? Abi.ZERO : new Num(bits, text.toString());
  }

  /// Returns the flags that mean what these attributes do.
  private static Num of(Num attributes) {
    long flags = 0;
    StringBuilder text = new StringBuilder();
    for (int i : OLD_ORDER) {
      if ((attributes.value() & PAIRS[i][0]) != 0) {
        flags |= PAIRS[i][1];
        text.append(text.isEmpty() ? "MS_" : "|MS_").append(NAMES[i]);
      }
    }
    return text.isEmpty() ? Abi.ZERO : new Num(flags, text.toString());
  }
}
