package dev.brig.runtime.compile;

import static dev.brig.namespaces.Abi.NULL;
import static dev.brig.namespaces.Abi.ZERO;
import static dev.brig.namespaces.Abi.at;
import static dev.brig.namespaces.Abi.num;
import static dev.brig.namespaces.Abi.text;
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
import java.util.ArrayList;
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
  private final Delivery delivery;

  InitPlanner(PlanBuilder plan, Terminal terminal, Delivery delivery) {
    this.plan = plan;
    this.terminal = terminal;
    this.delivery = delivery;
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
    plan.because("lead a process group of its own", OPTION);
    plan.call(Syscall.SETPGID, ZERO, ZERO);
    if (terminal == Terminal.CONSOLE) {
      plan.because("own the terminal", OPTION);
      Slot self = new Slot("own pid");
      plan.call(self, Syscall.GETPID);
      Struct group = new Struct(List.of(new Field("pgrp", 4, value(self))));
      plan.call(Syscall.IOCTL, ZERO, new Num(0x5410, "TIOCSPGRP"), group);
    }
  }

  private void deliver(List<String> words) {
    Label sent = plan.label("signal is on its way");
    plan.because("have " + words.getFirst() + " pass the signal on");
    Slot messenger = new Slot("messenger pid");
    Num flags = new Num(Names.SIGCHLD, "SIGCHLD");
    plan.attempt(messenger, Syscall.CLONE, flags, NULL, NULL, NULL, NULL);
    plan.branch(messenger, Condition.NOT_EQUAL, 0, sent);
    Operand none = new Operand.Data(new byte[8], "[]");
    plan.attempt(Syscall.RT_SIGPROCMASK, Names.SIG_SETMASK, none, NULL, num(8));
    List<Operand> arguments = new ArrayList<>();
    for (String word : words) {
      arguments.add(text(word));
    }
    arguments.add(new Operand.Format(List.of(value(Names.SIGNAL))));
    arguments.add(NULL);
    plan.attempt(
        Syscall.EXECVE,
        text(words.getFirst()),
        new Operand.Array(arguments),
        new Operand.Environment());
    ContainerPlanner.exitWith(plan, 127);
    plan.mark(sent);
  }

  private void loop(Slot signals) {
    Label next = plan.label("next signal of init");
    Label reap = plan.label("reap");
    Label exited = plan.label("command exited");
    plan.because("let go of the supervisor's socket", OPTION);
    plan.attempt(Syscall.CLOSE, value(Names.CHILD_END));
    plan.jump(reap);
    plan.mark(next);
    plan.because("pass signals on to the command", OPTION);
    plan.call(Names.COUNT, Syscall.READ, value(signals), at(EVENT), num(128));
    plan.load(Names.SIGNAL, EVENT, 0, 4);
    plan.branch(Names.SIGNAL, Condition.EQUAL, Names.SIGCHLD, reap);
    switch (delivery) {
      case Delivery.Direct() -> plan.attempt(Syscall.KILL, value(COMMAND), value(Names.SIGNAL));
      case Delivery.Command(List<String> words) -> deliver(words);
      case Delivery.Machine() -> throw new IllegalArgumentException("a machine has a keeper");
    }
    plan.jump(next);
    plan.mark(reap);
    plan.because("reap what has ended", OPTION);
    plan.call(
        Syscall.WAITID, new Num(0, "P_ALL"), ZERO, at(Names.SIGINFO), Names.WEXITED_NOHANG, NULL);
    plan.load(ENDED, Names.SIGINFO, Names.SI_PID, 4);
    plan.branch(ENDED, Condition.EQUAL, 0, next);
    plan.add(new Op.Compute(ENDED, ENDED, Arithmetic.SUBTRACT, value(COMMAND)));
    plan.branch(ENDED, Condition.NOT_EQUAL, 0, reap);
    plan.load(Names.EXIT_STATUS, Names.SIGINFO, Names.SI_STATUS, 4);
    plan.load(ENDED, Names.SIGINFO, Names.SI_CODE, 4);
    plan.branch(ENDED, Condition.EQUAL, Names.CLD_EXITED, exited);
    plan.add(new Op.Compute(Names.EXIT_STATUS, Names.EXIT_STATUS, Arithmetic.ADD, num(128)));
    plan.mark(exited);
    ContainerPlanner.exitWith(plan, Names.EXIT_STATUS);
    // Only the command's end ends the loop: without one of its two calls it would never come.
    plan.mark(FAILED);
    EndPlanner.sayFailure(plan);
    ContainerPlanner.exitWith(plan, 125);
  }
}
