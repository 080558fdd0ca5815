package dev.brig.namespaces;

import dev.brig.plan.Operand.Num;

/// The flags of mount(2).
final class MountFlags {
  static final Num MS_RDONLY = new Num(1, "MS_RDONLY");
  static final Num MS_BIND = new Num(0x1000, "MS_BIND");
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

  private static final String[] NAMES = {
    "RDONLY", "NOSUID", "NODEV", "NOEXEC", "NOATIME", "STRICTATIME", "NODIRATIME", "NOSYMFOLLOW",
  };

  /// The places of the pairs in the order of their `MS_*` bits, in which strace writes these.
  private static final int[] OLD_ORDER = {0, 1, 2, 3, 7, 4, 6, 5};

  private MountFlags() {}

  /// Returns attributes of a mount, written as strace does.
  static Num attributes(long bits) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < PAIRS.length; i++) {
      if ((bits & PAIRS[i][0]) != 0) {
        text.append(text.isEmpty() ? "MOUNT_ATTR_" : "|MOUNT_ATTR_").append(NAMES[i]);
      }
    }
    return text.isEmpty() ? Abi.ZERO : new Num(bits, text.toString());
  }

  /// Returns the flags that mean what these attributes do.
  static Num of(Num attributes) {
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
