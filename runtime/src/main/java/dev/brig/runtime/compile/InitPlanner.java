package dev.brig.runtime.compile;

import static dev.brig.namespaces.Abi.NULL;
import static dev.brig.namespaces.Abi.ZERO;
import static dev.brig.namespaces.Abi.at;
import static dev.brig.namespaces.Abi.num;
import static dev.brig.namespaces.Abi.value;

import dev.brig.linux.Syscall;
import dev.brig.namespaces.RootfsRequest.Terminal;
import dev.brig.plan.Arithmetic;
import dev.brig.plan.Buffer;
import dev.brig.plan.Condition;
import dev.brig.plan.Label;
import dev.brig.plan.Op;
import dev.brig.plan.Operand;
import dev.brig.plan.Operand.Field;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.Operand.Struct;
import dev.brig.plan.PlanBuilder;
import dev.brig.plan.Slot;
import java.util.List;

/// Makes the first process of a container stay what it is, a few kilobytes of program, and run the
/// command as its child: it passes signals on and reaps orphans; `--init`.
final class InitPlanner {
  private static final String OPTION = "--init";
  private static final Label FAILED = new Label("init failed");
  private static final Slot COMMAND = new Slot("command pid");
  private static final Slot ENDED = new Slot("si_pid");
  private static final Buffer EVENT = new Buffer("signalfd_siginfo", 128);

  private final PlanBuilder plan;
  private final Terminal terminal;

  InitPlanner(PlanBuilder plan, Terminal terminal) {
    this.plan = plan;
    this.terminal = terminal;
  }

  /// Appends the fork, the init's loop, and the first steps of the child, which goes on after them.
  void split() {
    Label command = plan.label("command under init");
    Slot signals = new Slot("init signalfd");
    plan.because("take signals as messages", OPTION);
    byte[] all = {-1, -1, -1, -1, -1, -1, -1, -1};
    Operand mask = new Operand.Data(all, "~[]");
    // Before the fork, while a failure still has somebody to hear it.
    plan.call(Syscall.RT_SIGPROCMASK, Names.SIG_SETMASK, mask, NULL, num(8));
    Num flags = new Num(0x80000, "SFD_CLOEXEC");
    plan.call(signals, Syscall.SIGNALFD4, new Num(-1), mask, num(8), flags);
    plan.because("run the command below a small init", OPTION);
    plan.call(COMMAND, Syscall.CLONE, new Num(Names.SIGCHLD, "SIGCHLD"), NULL, NULL, NULL, NULL);
    plan.branch(COMMAND, Condition.EQUAL, 0, command);
    plan.add(new Op.Guard("init", FAILED));
    loop(signals);
    plan.add(new Op.Guard("container", Names.CHILD_FAILED));
    plan.mark(command);
    leadGroup(plan, terminal, OPTION);
  }

  /// Appends the steps that make this process lead a group, the one in the foreground if there is a
  /// terminal.
  ///
  /// @param option what asked for it
  static void leadGroup(PlanBuilder plan, Terminal terminal, String option) {
    plan.because("lead a process group of its own", option);
    plan.call(Syscall.SETPGID, ZERO, ZERO);
    if (terminal == Terminal.CONSOLE) {
      plan.because("own the terminal", option);
      Slot self = new Slot("own pid");
      plan.call(self, Syscall.GETPID);
      Struct group = new Struct(List.of(new Field("pgrp", 4, value(self))));
      plan.call(Syscall.IOCTL, ZERO, new Num(0x5410, "TIOCSPGRP"), group);
    }
  }

  private void loop(Slot signals) {
    Label next = plan.label("next signal of init");
    Label reap = plan.label("reap");
    plan.because("let go of the supervisor's socket", OPTION);
    plan.attempt(Syscall.CLOSE, value(Names.CHILD_END));
    plan.jump(reap);
    plan.mark(next);
    plan.because("pass signals on to the command", OPTION);
    plan.call(Names.COUNT, Syscall.READ, value(signals), at(EVENT), num(128));
    plan.load(Names.SIGNAL, EVENT, 0, 4);
    plan.branch(Names.SIGNAL, Condition.EQUAL, Names.SIGCHLD, reap);
    plan.attempt(Syscall.KILL, value(COMMAND), value(Names.SIGNAL));
    plan.jump(next);
    plan.mark(reap);
    plan.because("reap what has ended", OPTION);
    plan.call(
        Syscall.WAITID, new Num(0, "P_ALL"), ZERO, at(Names.SIGINFO), Names.WEXITED_NOHANG, NULL);
    plan.load(ENDED, Names.SIGINFO, Names.SI_PID, 4);
    plan.branch(ENDED, Condition.EQUAL, 0, next);
    plan.add(new Op.Compute(ENDED, ENDED, Arithmetic.SUBTRACT, value(COMMAND)));
    plan.branch(ENDED, Condition.NOT_EQUAL, 0, reap);
    ExitSteps.takeStatus(plan);
    ContainerPlanner.exitWith(plan, Names.EXIT_STATUS);
    // Only the command's end ends the loop: without one of its two calls it would never come.
    plan.mark(FAILED);
    EndPlanner.sayFailure(plan);
    ContainerPlanner.exitWith(plan, 125);
  }
}
