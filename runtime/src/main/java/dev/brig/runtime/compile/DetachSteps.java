package dev.brig.runtime.compile;

import static dev.brig.namespaces.Abi.AT_FDCWD;
import static dev.brig.namespaces.Abi.NULL;
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

/// Makes the steps that give the caller its prompt back: the process that was called stays only
/// until the command runs, and a second one supervises.
final class DetachSteps {
  private static final String OPTION = "-d";

  private final PlanBuilder plan;

  DetachSteps(PlanBuilder plan) {
    this.plan = plan;
  }

  /// Appends the split; the steps after it are the background supervisor's.
  ///
  /// @param line what the caller's process prints once the command runs, or empty
  void detach(String line) {
    plan.because("go into the background", OPTION);
    Slot started = new Slot("started");
    plan.call(Syscall.PIPE2, at(Names.PAIR), O_CLOEXEC);
    plan.load(started, Names.PAIR, 0, 4);
    plan.load(Names.STARTED_END, Names.PAIR, 4, 4);
    Label supervisor = plan.label("background supervisor");
    Slot background = new Slot("background pid");
    Num flags = new Num(Names.SIGCHLD, "SIGCHLD");
    plan.call(background, Syscall.CLONE, flags, NULL, NULL, NULL, NULL);
    plan.branch(background, Condition.EQUAL, 0, supervisor);
    waitForStart(started, background, line);
    plan.mark(supervisor);
    plan.because("leave the caller's session", OPTION);
    plan.call(Syscall.SETSID);
    plan.call(Syscall.CHDIR, text("/"));
  }

  // None of these may abort: the handler would clean up what is the background supervisor's.
  private void waitForStart(Slot started, Slot background, String line) {
    plan.because("wait until the command runs", OPTION);
    Label failed = plan.label("background supervisor failed");
    plan.attempt(Syscall.CLOSE, value(Names.STARTED_END));
    plan.attempt(Names.COUNT, Syscall.READ, value(started), at(Names.MESSAGE), num(1));
    plan.branch(Names.COUNT, Condition.NOT_EQUAL, 1, failed);
    if (!line.isEmpty()) {
      plan.because("print the container's id", OPTION);
      plan.attempt(Syscall.WRITE, num(1), text(line), num(Operand.length(line)));
    }
    ContainerPlanner.exitWith(plan, 0);
    plan.mark(failed);
    plan.because("pass the failure on", OPTION);
    Num byPid = new Num(1, "P_PID");
    plan.attempt(Syscall.WAITID, byPid, value(background), at(Names.SIGINFO), Names.WEXITED, NULL);
    ExitSteps.takeStatus(plan);
    ContainerPlanner.exitWith(plan, Names.EXIT_STATUS);
  }

  /// Appends the steps that let go of the caller's streams, and tell its process that the command
  /// runs: last, so that a failure before it is the caller's to hear of.
  void started() {
    plan.because("let go of the caller's standard streams", OPTION);
    Slot fd = new Slot("nullfd");
    plan.call(fd, Syscall.OPENAT, AT_FDCWD, text("/dev/null"), or(O_RDWR, O_CLOEXEC));
    for (int stream = 0; stream <= 2; stream++) {
      plan.call(Syscall.DUP3, value(fd), num(stream), ZERO);
    }
    plan.attempt(Syscall.CLOSE, value(fd));
    plan.because("say that the command runs", OPTION);
    plan.attempt(Syscall.WRITE, value(Names.STARTED_END), text("s"), num(1));
    plan.attempt(Syscall.CLOSE, value(Names.STARTED_END));
  }
}
