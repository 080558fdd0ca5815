package dev.brig.runtime.compile;

import static dev.brig.namespaces.Abi.AT_FDCWD;
import static dev.brig.namespaces.Abi.O_CLOEXEC;
import static dev.brig.namespaces.Abi.O_PATH;
import static dev.brig.namespaces.Abi.O_RDONLY;
import static dev.brig.namespaces.Abi.ZERO;
import static dev.brig.namespaces.Abi.num;
import static dev.brig.namespaces.Abi.or;
import static dev.brig.namespaces.Abi.text;
import static dev.brig.namespaces.Abi.value;

import dev.brig.linux.Syscall;
import dev.brig.plan.Condition;
import dev.brig.plan.Label;
import dev.brig.plan.Operand;
import dev.brig.plan.Operand.Field;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.Operand.Struct;
import dev.brig.plan.PlanBuilder;
import dev.brig.plan.Slot;
import java.util.List;

/// Makes the call that splits the program in two; clone(2), "clone3()".
final class CloneStep {
  private static final Num CLONE_PIDFD = new Num(0x1000, "CLONE_PIDFD");
  private static final Num CLONE_PARENT = new Num(0x8000, "CLONE_PARENT");
  private static final Num CLONE_INTO_CGROUP = new Num(0x200000000L, "CLONE_INTO_CGROUP");
  private static final Num[] NAMESPACES = {
    new Num(Isolation.CLONE_NEWTIME, "CLONE_NEWTIME"),
    new Num(Isolation.CLONE_NEWNS, "CLONE_NEWNS"),
    new Num(Isolation.CLONE_NEWUTS, "CLONE_NEWUTS"),
    new Num(Isolation.CLONE_NEWIPC, "CLONE_NEWIPC"),
    new Num(Isolation.CLONE_NEWUSER, "CLONE_NEWUSER"),
    new Num(Isolation.CLONE_NEWPID, "CLONE_NEWPID"),
    new Num(Isolation.CLONE_NEWNET, "CLONE_NEWNET"),
  };

  private final PlanBuilder plan;

  CloneStep(PlanBuilder plan) {
    this.plan = plan;
  }

  /// Appends the call.
  ///
  /// @param created bit set of the namespaces to make; the cgroup namespace is made later, by the
  ///   child, since its root is the cgroup that the process is in at that time
  /// @param cgroup the cgroup v2 directory to be born into, or empty
  /// @param child where the child goes on
  void clone(long created, String cgroup, Label child) {
    clone(CLONE_PIDFD, created, cgroup, child);
  }

  /// Appends the call that makes a sibling of the calling process: a child of its parent.
  ///
  /// @param created as in [#clone]
  /// @param cgroup as in [#clone]
  /// @param sibling where the new process goes on
  void cloneSibling(long created, String cgroup, Label sibling) {
    clone(CLONE_PARENT, created, cgroup, sibling);
  }

  private void clone(Num kind, long created, String cgroup, Label child) {
    Operand directory = ZERO;
    Num flags = kind;
    if (!cgroup.isEmpty()) {
      plan.because("open the cgroup to start in");
      Slot fd = new Slot("cgroupfd");
      plan.call(fd, Syscall.OPENAT, AT_FDCWD, text(cgroup), or(O_RDONLY, O_CLOEXEC, O_PATH));
      directory = value(fd);
    }
    for (Num namespace : NAMESPACES) {
      if ((created & namespace.value()) != 0) {
        flags = or(flags, namespace);
      }
    }
    if (!cgroup.isEmpty()) {
      flags = or(flags, CLONE_INTO_CGROUP);
    }
    plan.because("make the container's process in its namespaces");
    // A sibling's signal is that of the calling process's own end.
    boolean isChild = kind.equals(CLONE_PIDFD);
    Struct arguments =
        new Struct(
            List.of(
                new Field("flags", 8, flags),
                new Field("pidfd", 8, isChild ? new Operand.SlotAddress(Names.PIDFD) : ZERO),
                new Field("child_tid", 8, ZERO),
                new Field("parent_tid", 8, ZERO),
                new Field("exit_signal", 8, isChild ? new Num(Names.SIGCHLD, "SIGCHLD") : ZERO),
                new Field("stack", 8, ZERO),
                new Field("stack_size", 8, ZERO),
                new Field("tls", 8, ZERO),
                new Field("set_tid", 8, ZERO),
                new Field("set_tid_size", 8, ZERO),
                new Field("cgroup", 8, directory)));
    plan.call(Names.PID, Syscall.CLONE3, arguments, num(88));
    plan.branch(Names.PID, Condition.EQUAL, 0, child);
  }
}
