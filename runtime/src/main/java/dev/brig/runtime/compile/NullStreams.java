package dev.brig.runtime.compile;

import static dev.brig.namespaces.Abi.AT_EMPTY_PATH;
import static dev.brig.namespaces.Abi.AT_FDCWD;
import static dev.brig.namespaces.Abi.O_CLOEXEC;
import static dev.brig.namespaces.Abi.O_RDWR;
import static dev.brig.namespaces.Abi.ZERO;
import static dev.brig.namespaces.Abi.at;
import static dev.brig.namespaces.Abi.num;
import static dev.brig.namespaces.Abi.or;
import static dev.brig.namespaces.Abi.text;
import static dev.brig.namespaces.Abi.value;

import dev.brig.linux.Syscall;
import dev.brig.plan.Condition;
import dev.brig.plan.Label;
import dev.brig.plan.Operand;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.PlanBuilder;
import dev.brig.plan.Slot;

/// Makes the steps that give a container its own /dev/null in place of the host's as a standard
/// stream, as runc does: the host's may have been opened for reading only (containerd's `--null-io`
/// does so), and its file would be one that the container has no path to.
final class NullStreams {
  private static final int STREAMS = 3;
  private static final Num STATX_TYPE = new Num(1, "STATX_TYPE");

  // statx(2), struct statx: stx_mode, stx_rdev_major, stx_rdev_minor.
  private static final int MODE_OFFSET = 28;
  private static final int MAJOR_OFFSET = 128;
  private static final int MINOR_OFFSET = 132;
  private static final int S_IFMT = 0170000;
  private static final int NOT_S_IFCHR = S_IFMT & ~0020000;

  private final PlanBuilder plan;

  NullStreams(PlanBuilder plan) {
    this.plan = plan;
  }

  /// Appends the steps, for a process that is in the container's root already.
  void replace() {
    for (int fd = 0; fd < STREAMS; fd++) {
      Label next = plan.label("descriptor " + fd + " may stay");
      Slot own = new Slot("nullfd");
      plan.because("take the container's own /dev/null for descriptor " + fd);
      leaveUnlessNull(num(fd), next);
      plan.attempt(own, Syscall.OPENAT, AT_FDCWD, text("/dev/null"), or(O_RDWR, O_CLOEXEC));
      plan.branch(own, Condition.LESS, 0, next);
      // A root without devices of its own may have anything there.
      leaveUnlessNull(value(own), next);
      plan.call(Syscall.DUP3, value(own), num(fd), ZERO);
      plan.mark(next);
    }
  }

  /// Appends a jump to a label for any file but the device 1:3, null(4).
  private void leaveUnlessNull(Operand fd, Label otherwise) {
    plan.attempt(
        Names.COUNT, Syscall.STATX, fd, text(""), AT_EMPTY_PATH, STATX_TYPE, at(Names.MESSAGE));
    plan.branch(Names.COUNT, Condition.NOT_EQUAL, 0, otherwise);
    plan.load(Names.COUNT, Names.MESSAGE, MODE_OFFSET, 2);
    plan.branch(Names.COUNT, Condition.ANY_BIT, NOT_S_IFCHR, otherwise);
    plan.load(Names.COUNT, Names.MESSAGE, MAJOR_OFFSET, 4);
    plan.branch(Names.COUNT, Condition.NOT_EQUAL, 1, otherwise);
    plan.load(Names.COUNT, Names.MESSAGE, MINOR_OFFSET, 4);
    plan.branch(Names.COUNT, Condition.NOT_EQUAL, 3, otherwise);
  }
}
