package dev.brig.runtime.compile;

import dev.brig.namespaces.Abi;
import dev.brig.plan.Operand.Num;
import dev.brig.runtime.spec.RootfsPropagation;
import org.jspecify.annotations.Nullable;

/// The propagation of a container's root in the words of mount(2); mount_namespaces(7).
final class Propagation {
  private static final Num PRIVATE = new Num(0x40000, "MS_PRIVATE");
  private static final Num SLAVE = new Num(0x80000, "MS_SLAVE");
  private static final Num SHARED = new Num(0x100000, "MS_SHARED");
  private static final Num UNBINDABLE = new Num(0x20000, "MS_UNBINDABLE");
  private static final Num REC = new Num(0x4000, "MS_REC");

  private Propagation() {}

  /// Returns flags of mount(2), or zero for a root that is private, as it is unless said otherwise.
  static Num of(@Nullable RootfsPropagation propagation) {
    if (propagation == null) {
      return Abi.ZERO;
    }
    return switch (propagation) {
      case PRIVATE, RPRIVATE -> Abi.ZERO;
      case SLAVE -> SLAVE;
      case RSLAVE -> Abi.or(REC, SLAVE);
      case SHARED -> SHARED;
      case RSHARED -> Abi.or(REC, SHARED);
      case UNBINDABLE -> UNBINDABLE;
      case RUNBINDABLE -> Abi.or(REC, UNBINDABLE);
    };
  }

  /// Returns how a bind mount that says nothing is tied to the host's mounts: as the root is, if
  /// that hears of them.
  static Num type(Num root) {
    return (root.value() & SLAVE.value()) != 0 ? SLAVE : PRIVATE;
  }
}
