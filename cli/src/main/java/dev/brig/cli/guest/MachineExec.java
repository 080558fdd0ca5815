package dev.brig.cli.guest;

import dev.brig.cli.command.Context;
import dev.brig.compiler.Fault;
import dev.brig.linux.Fd;
import dev.brig.linux.OpenFlag;
import dev.brig.linux.WindowSize;
import dev.brig.plan.Plan;
import dev.brig.runtime.compile.Execution;
import dev.brig.runtime.compile.GuestExecPlanner.Passed;
import dev.brig.runtime.compile.Keeper;
import dev.brig.runtime.compile.MachineExecPlanner;
import dev.brig.runtime.compile.MachineExecPlanner.MachineExecution;
import dev.brig.runtime.compile.Streams;
import dev.brig.runtime.container.Container;
import dev.brig.runtime.launch.ContainerLauncher;
import dev.brig.runtime.launch.ExecLauncher;
import dev.brig.runtime.launch.GuestProgram;
import dev.brig.runtime.spec.ConsoleSize;
import dev.brig.runtime.spec.Process;
import java.util.List;
import java.util.Optional;

/// Runs further commands in virtual machines: the machine's init runs a program that this brig
/// compiles and sends; another one, on the host, passes streams and signals on.
public final class MachineExec {
  private final Context context;
  private final Container container;

  /// Makes one.
  ///
  /// @param container a container that is a virtual machine
  public MachineExec(Context context, Container container) {
    this.context = context;
    this.container = container;
  }

  /// Runs a command: replaces this process. Returns only by an exception.
  ///
  /// @param process the command
  /// @param streams its standard streams, and who waits
  /// @param faults calls that are to fail instead of being made, for tests
  /// @param environment the caller's environment, `NAME=VALUE` each
  /// @throws dev.brig.error.UnsupportedException if the machine is not reached
  public RuntimeException become(
      Process process,
      Execution.ExecStreams streams,
      List<Fault> faults,
      List<String> environment) {
    ExecPorts ports = new ExecPorts(context, container);
    ExecPorts.Slot slot = ports.take();
    int emulator;
    try (LiveMachine machine = LiveMachine.of(context, container, "exec in")) {
      ports.add(machine.qmp(), slot.number());
      emulator = Emulator.of(container, machine.socket()).pid();
    }
    return launcher()
        .become(
            execution(process, streams, slot, emulator),
            slot.lock(),
            container.name(),
            faults,
            environment);
  }

  /// Returns the plan of the host's half; nothing is changed.
  ///
  /// @param process the command
  /// @param streams its standard streams, and who waits
  public Plan plan(Process process, Execution.ExecStreams streams) {
    int emulator = Emulator.of(container).pid();
    String directory = container.paths().directory().toString();
    // A descriptor in the place of the lock's.
    try (Fd any = context.kernel().files().openat(Fd.CWD, directory, OpenFlag.O_PATH)) {
      ExecPorts.Slot slot = new ExecPorts.Slot(0, any);
      return MachineExecPlanner.plan(execution(process, streams, slot, emulator));
    }
  }

  private ExecLauncher launcher() {
    return new ExecLauncher(context.kernel(), context.host(), context.self());
  }

  private MachineExecution execution(
      Process process, Execution.ExecStreams streams, ExecPorts.Slot slot, int emulator) {
    byte[] program =
        GuestProgram.further(
            GuestExec.inside(container),
            sized(process, streams.streams()),
            passed(streams),
            slot.number(),
            context.kernel().machine());
    return new MachineExecution(
        container.paths().directory().toString(),
        slot.number(),
        slot.lock().number(),
        "/proc/" + emulator + "/fd/" + Keeper.Machine.SIGNALS_FD,
        program,
        streams.streams(),
        streams.waiting(),
        new ContainerLauncher(context.kernel(), context.host(), context.self()).ignoredSignals());
  }

  /// The terminal is made in the machine, with the size that the caller's has.
  private Process sized(Process process, Streams streams) {
    if (streams instanceof Streams.Inherited) {
      return process;
    }
    Optional<WindowSize> size = context.kernel().terminals().windowSize(Fd.STDIN);
    if (size.isEmpty()) {
      size = context.kernel().terminals().windowSize(Fd.STDOUT);
    }
    return size.map(known ->
            process.toBuilder().consoleSize(new ConsoleSize(known.rows(), known.columns())).build())
        .orElse(process);
  }

  private static Passed passed(Execution.ExecStreams streams) {
    if (streams.waiting() == Execution.Waiting.BACKGROUND) {
      return Passed.NONE;
    }
    return switch (streams.streams()) {
      case Streams.Inherited(Streams.Input input) ->
          input == Streams.Input.PASSED ? Passed.PIPES : Passed.OUTPUT;
      case Streams.Relayed _, Streams.Shown _ -> Passed.TERMINAL;
      case Streams.Logged _, Streams.LoggedTerminal _, Streams.Sent _ ->
          throw new IllegalArgumentException("exec keeps no log");
    };
  }
}
