package dev.brig.runtime.compile;

import static dev.brig.namespaces.Abi.LAST_FD;
import static dev.brig.namespaces.Abi.NULL;
import static dev.brig.namespaces.Abi.O_CLOEXEC;
import static dev.brig.namespaces.Abi.ZERO;
import static dev.brig.namespaces.Abi.at;
import static dev.brig.namespaces.Abi.num;
import static dev.brig.namespaces.Abi.text;
import static dev.brig.namespaces.Abi.value;

import dev.brig.linux.Syscall;
import dev.brig.plan.Condition;
import dev.brig.plan.Label;
import dev.brig.plan.Operand;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.PlanBuilder;
import dev.brig.plan.Slot;

/// A process that restores the caller's terminal if the supervisor is killed before it could.
///
/// It waits for the end of a pipe that only the supervisor holds. A byte in the pipe means that the
/// supervisor has restored the terminal itself: after that the terminal is the shell's again.
final class TerminalGuard {
  private static final String OPTION = "-t";
  private static final Num TCSETSW = new Num(0x5403, "TCSETSW");
  private static final Slot WATCHED = new Slot("guard read end");
  private static final Slot ALARM = new Slot("guard write end");
  private static final Slot GUARD = new Slot("guard pid");
  private static final int WATCHED_FD = 3;

  private final PlanBuilder plan;

  TerminalGuard(PlanBuilder plan) {
    this.plan = plan;
  }

  /// Appends the steps that start the guard.
  ///
  /// @param cooked the attributes that it restores
  void post(Streams.Attributes cooked) {
    plan.because("post a guard that restores the terminal if this process is killed", OPTION);
    Label guard = plan.label("guard");
    Label supervisor = plan.label("guarded");
    Label dismissed = plan.label("guard dismissed");
    plan.call(Syscall.PIPE2, at(Names.PAIR), O_CLOEXEC);
    plan.load(WATCHED, Names.PAIR, 0, 4);
    plan.load(ALARM, Names.PAIR, 4, 4);
    // No signal to the parent at its end: the parent takes SIGCHLD for the container's.
    plan.call(GUARD, Syscall.CLONE, ZERO, NULL, NULL, NULL, NULL);
    plan.branch(GUARD, Condition.EQUAL, 0, guard);
    plan.call(Syscall.CLOSE, value(WATCHED));
    plan.jump(supervisor);
    plan.mark(guard);
    plan.because("leave the terminal's session, to be spared its signals", OPTION);
    plan.attempt(Syscall.SETSID);
    plan.attempt(Syscall.DUP3, value(WATCHED), num(WATCHED_FD), ZERO);
    // The container's lock above all: it must be free as soon as the supervisor is gone.
    plan.attempt(Syscall.CLOSE_RANGE, num(WATCHED_FD + 1L), LAST_FD, ZERO);
    plan.because("wait for the supervisor's end", OPTION);
    plan.attempt(Names.COUNT, Syscall.READ, num(WATCHED_FD), at(Names.MESSAGE), num(1));
    plan.branch(Names.COUNT, Condition.EQUAL, 1, dismissed);
    plan.because("restore the caller's terminal", OPTION);
    Operand attributes = new Operand.Data(cooked.bytes(), "<mode before>");
    plan.attempt(Syscall.IOCTL, ZERO, TCSETSW, attributes);
    plan.mark(dismissed);
    ContainerPlanner.exitWith(plan, 0);
    plan.mark(supervisor);
  }

  /// Appends the step that sends the guard home.
  void dismiss() {
    Label none = plan.label("no guard");
    plan.branch(ALARM, Condition.EQUAL, 0, none);
    plan.attempt(Syscall.WRITE, value(ALARM), text("d"), num(1));
    plan.mark(none);
  }
}
