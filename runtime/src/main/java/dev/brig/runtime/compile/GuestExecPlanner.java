package dev.brig.runtime.compile;

import static dev.brig.namespaces.Abi.NULL;
import static dev.brig.namespaces.Abi.O_CLOEXEC;
import static dev.brig.namespaces.Abi.O_NONBLOCK;
import static dev.brig.namespaces.Abi.O_RDONLY;
import static dev.brig.namespaces.Abi.O_WRONLY;
import static dev.brig.namespaces.Abi.ZERO;
import static dev.brig.namespaces.Abi.at;
import static dev.brig.namespaces.Abi.num;
import static dev.brig.namespaces.Abi.or;
import static dev.brig.namespaces.Abi.value;

import dev.brig.linux.Syscall;
import dev.brig.namespaces.ProcessPlanner;
import dev.brig.namespaces.ProcessRequest;
import dev.brig.plan.Condition;
import dev.brig.plan.Label;
import dev.brig.plan.Op;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.Plan;
import dev.brig.plan.PlanBuilder;
import dev.brig.plan.Slot;

/// Makes the plan of a further command in a virtual machine: of the program that its init runs for
/// it, see [GuestExecSteps].
///
/// It ends with the host's half, [MachineExecPlanner], and that with it; a command in the
/// background goes on alone, as soon as it runs.
public final class GuestExecPlanner {
  private static final Label FAILED = new Label("further command failed");
  private static final Label COMMAND_FAILED = new Label("command failed");
  private static final Label ALONE = new Label("the host has gone away");
  private static final Num F_SETFD = new Num(2, "F_SETFD");
  private static final Num FD_CLOEXEC = new Num(1, "FD_CLOEXEC");
  private static final Num SIGKILL = new Num(9, "SIGKILL");
  private static final Slot CONTROL = new Slot("controlfd");
  private static final Slot READER = new Slot("begunfd");
  private static final Slot WRITER = new Slot("beginningfd");
  private static final Slot RESULT = new Slot("report result");

  private final PlanBuilder plan = new PlanBuilder();
  private final FurtherCommand command;
  private final GuestStreams streams;

  private GuestExecPlanner(FurtherCommand command) {
    this.command = command;
    this.streams =
        new GuestStreams(
            plan,
            switch (command.streams()) {
              case PIPES -> GuestStreams.Kind.PIPES;
              case OUTPUT -> GuestStreams.Kind.PIPES_WITHOUT_INPUT;
              case TERMINAL -> GuestStreams.Kind.TERMINAL;
              case NONE -> GuestStreams.Kind.NOTHING;
            });
  }

  /// What is wanted.
  ///
  /// @param slot whose ports are taken
  /// @param streams what is passed on
  /// @param process the command
  /// @param settings what else it is given, the size of a terminal among it
  public record FurtherCommand(
      int slot, Passed streams, ProcessRequest process, KernelSettings settings) {}

  /// What is passed on between host and command.
  public enum Passed {
    /// Input, output and errors.
    PIPES,
    /// Output and errors.
    OUTPUT,
    /// A terminal's input and output.
    TERMINAL,
    /// Nothing: the command runs in the background.
    NONE
  }

  /// Returns the plan.
  public static Plan plan(FurtherCommand command) {
    return new GuestExecPlanner(command).all();
  }

  private boolean isBackground() {
    return command.streams() == Passed.NONE;
  }

  private Plan all() {
    Label child = plan.label("command");
    plan.because("start");
    plan.add(new Op.Guard("supervisor", FAILED));
    plan.add(new Op.Assign(CONTROL, num(GuestExecSteps.CONTROL_FD)));
    plan.add(new Op.Assign(GuestDevices.DEVICES, num(GuestExecSteps.DEVICES_FD)));
    openPorts();
    streams.make(command.settings().windowSize());
    GuestSupervision supervision = new GuestSupervision(plan, streams, CONTROL);
    supervision.listen();
    if (isBackground()) {
      plan.because("hear when the command runs");
      GuestStreams.pipe(plan, READER, WRITER);
    }
    plan.because("run the command");
    Num flags = new Num(Names.SIGCHLD, "SIGCHLD");
    plan.call(GuestSupervision.COMMAND, Syscall.CLONE, flags, NULL, NULL, NULL, NULL);
    plan.branch(GuestSupervision.COMMAND, Condition.EQUAL, 0, child);
    streams.letGo();
    if (isBackground()) {
      leaveAlone();
    } else {
      say(GuestMessage.BEGUN, 0);
      watch(supervision);
    }
    tell();
    runCommand(child);
    fail();
    return plan.build();
  }

  private void openPorts() {
    plan.because("keep the ports from the command");
    plan.call(Syscall.FCNTL, num(GuestExecSteps.CONTROL_FD), F_SETFD, FD_CLOEXEC);
    plan.call(Syscall.FCNTL, num(GuestExecSteps.DEVICES_FD), F_SETFD, FD_CLOEXEC);
    Num writing = or(O_WRONLY, O_CLOEXEC, O_NONBLOCK);
    switch (command.streams()) {
      case PIPES -> {
        open(GuestStreams.INPUT_PORT, 0, or(O_RDONLY, O_CLOEXEC));
        open(GuestStreams.OUTPUT_PORT, 1, writing);
        open(GuestStreams.ERRORS_PORT, 2, writing);
      }
      case OUTPUT -> {
        open(GuestStreams.OUTPUT_PORT, 1, writing);
        open(GuestStreams.ERRORS_PORT, 2, writing);
      }
      case TERMINAL -> {
        open(GuestStreams.INPUT_PORT, 0, or(O_RDONLY, O_CLOEXEC));
        open(GuestStreams.OUTPUT_PORT, 1, writing);
        plan.add(new Op.Assign(GuestStreams.ERRORS_PORT, value(GuestStreams.OUTPUT_PORT)));
      }
      case NONE -> open(GuestStreams.ERRORS_PORT, 2, or(O_WRONLY, O_CLOEXEC));
    }
    plan.because("say there what fails");
    plan.call(Syscall.DUP3, value(GuestStreams.ERRORS_PORT), num(2), ZERO);
  }

  private void open(Slot port, int place, Num flags) {
    int number = GuestExecSteps.port(command.slot(), place);
    GuestExecSteps.open(
        plan, port, value(GuestDevices.DEVICES), GuestExecSteps.device(number), flags, ALONE);
  }

  private void watch(GuestSupervision supervision) {
    Label next = plan.label("next event");
    supervision.watch(ALONE, next, next);
  }

  /// Whether it runs shows in the end of the pipe: execve(2) has closed the other end, or the child
  /// has failed, and ended.
  private void leaveAlone() {
    Label failed = plan.label("the command does not run");
    plan.because("wait until the command runs");
    plan.call(Syscall.CLOSE, value(WRITER));
    plan.call(Names.COUNT, Syscall.READ, value(READER), at(Names.MESSAGE), num(1));
    plan.branch(Names.COUNT, Condition.EQUAL, 1, failed);
    say(GuestMessage.BEGUN, 0);
    ContainerPlanner.exitWith(plan, 0);
    plan.mark(failed);
    plan.call(
        Syscall.WAITID,
        new Num(1, "P_PID"),
        value(GuestSupervision.COMMAND),
        at(Names.SIGINFO),
        Names.WEXITED,
        NULL);
    GuestSupervision.report(plan);
  }

  private void say(long code, long status) {
    plan.because("say how it goes");
    plan.add(new Op.Assign(RESULT, num(code)));
    plan.add(new Op.Store(RESULT, GuestMessage.REPORT, GuestMessage.CODE, 4));
    plan.add(new Op.Assign(RESULT, num(status)));
    plan.add(new Op.Store(RESULT, GuestMessage.REPORT, GuestMessage.STATUS, 4));
    GuestSupervision.tell(plan, CONTROL);
  }

  private void tell() {
    plan.because("tell how the command ended");
    GuestSupervision.tell(plan, CONTROL);
    ContainerPlanner.exitWith(plan, 0);
    plan.mark(ALONE);
    plan.because("end the command: nobody waits for it");
    Label none = plan.label("no command");
    plan.branch(GuestSupervision.COMMAND, Condition.EQUAL, 0, none);
    plan.attempt(Syscall.KILL, value(GuestSupervision.COMMAND), SIGKILL);
    plan.mark(none);
    ContainerPlanner.exitWith(plan, 125);
  }

  private void runCommand(Label child) {
    plan.add(new Op.Guard("command", COMMAND_FAILED));
    plan.mark(child);
    plan.because("lead a session of its own");
    plan.call(Syscall.SETSID);
    streams.take(command.process().user().uid());
    new SettingSteps(plan, command.settings()).apply();
    ProcessPlanner process = new ProcessPlanner(plan, command.process());
    process.confine();
    // The first step of these unblocks signals.
    int firstExecution = plan.latestCall() + 2;
    process.execute();
    int lastExecution = plan.latestCall();
    plan.mark(COMMAND_FAILED);
    if (isBackground()) {
      plan.because("say it where it is heard");
      plan.attempt(Syscall.DUP3, value(GuestStreams.ERRORS_PORT), num(2), ZERO);
    }
    EndPlanner.sayFailure(plan);
    if (isBackground()) {
      plan.attempt(Syscall.WRITE, value(WRITER), at(Names.MESSAGE), num(1));
    }
    ExitSteps.exitAsTheFieldHasIt(plan, firstExecution, lastExecution);
  }

  private void fail() {
    plan.add(new Op.Guard("supervisor", FAILED));
    plan.mark(FAILED);
    EndPlanner.sayFailure(plan);
    say(Names.CLD_EXITED, 125);
    ContainerPlanner.exitWith(plan, 125);
  }
}
