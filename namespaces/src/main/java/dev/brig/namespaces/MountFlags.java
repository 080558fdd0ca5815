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

  private MountFlags() {}

  /// Returns the flags that mean what these attributes do.
  static Num of(Num attributes) {
    long flags = 0;
    for (long[] pair : PAIRS) {
      if ((attributes.value() & pair[0]) != 0) {
        flags |= pair[1];
      }
    }
    return new Num(flags, attributes.text().replace("MOUNT_ATTR_", "MS_"));
  }
}
