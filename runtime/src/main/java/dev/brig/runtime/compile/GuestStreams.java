package dev.brig.runtime.compile;

import static dev.brig.namespaces.Abi.AT_FDCWD;
import static dev.brig.namespaces.Abi.NULL;
import static dev.brig.namespaces.Abi.O_CLOEXEC;
import static dev.brig.namespaces.Abi.O_NOCTTY;
import static dev.brig.namespaces.Abi.O_RDONLY;
import static dev.brig.namespaces.Abi.O_RDWR;
import static dev.brig.namespaces.Abi.ZERO;
import static dev.brig.namespaces.Abi.at;
import static dev.brig.namespaces.Abi.num;
import static dev.brig.namespaces.Abi.or;
import static dev.brig.namespaces.Abi.text;
import static dev.brig.namespaces.Abi.value;

import dev.brig.linux.Syscall;
import dev.brig.namespaces.ConsolePlanner;
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
import dev.brig.runtime.compile.Keyboard.AtEnd;
import java.util.List;

/// The standard streams of a command in a guest, and what passes on between them and the host's
/// ports.
///
/// A port is no file as a command expects one: it can be open once, so that /dev/stderr can't be
/// opened again, and whoever writes to it waits in the kernel, with the processor.
final class GuestStreams {
  /// The port with the input.
  static final Slot INPUT_PORT = new Slot("input portfd");

  /// The port for the output.
  static final Slot OUTPUT_PORT = new Slot("output portfd");

  /// The port for errors.
  static final Slot ERRORS_PORT = new Slot("errors portfd");

  private static final Num TIOCSWINSZ = new Num(0x5414, "TIOCSWINSZ");
  private static final Num TCSBRK = new Num(0x5409, "TCSBRK");
  private static final long MOMENT_NANOS = 200_000_000;
  private static final Slot PASSED_OUTPUT = new Slot("bytes of output");
  private static final Slot PASSED_ERRORS = new Slot("bytes of errors");
  private static final Slot INPUT_ENDS = new Slot("the input ends");
  private static final Slot INPUT_BYTES = new Slot("bytes of input");
  private static final Slot RESULT = new Slot("stream result");

  private final PlanBuilder plan;
  private final Kind kind;
  private final StreamSteps steps;
  private final Keyboard keyboard;

  /// What they are.
  enum Kind {
    /// Pipes.
    PIPES,
    /// Pipes, and an input that has ended.
    PIPES_WITHOUT_INPUT,
    /// A pseudo-terminal.
    TERMINAL,
    /// The machine's own terminal, with nothing between.
    CONSOLE,
    /// Nothing: the command is left alone.
    NOTHING
  }

  GuestStreams(PlanBuilder plan, Kind kind) {
    this.plan = plan;
    this.kind = kind;
    this.steps = new StreamSteps(plan, StreamSteps.AtRefusal.CLOSE);
    boolean terminal = kind == Kind.TERMINAL;
    this.keyboard =
        new Keyboard(
            plan,
            value(INPUT_PORT),
            terminal ? ConsolePlanner.MASTER : Names.INPUT,
            terminal ? AtEnd.TYPE_END : AtEnd.CLOSE);
  }

  private boolean arePipes() {
    return kind == Kind.PIPES || kind == Kind.PIPES_WITHOUT_INPUT;
  }

  private boolean hasInput() {
    return kind == Kind.PIPES || kind == Kind.TERMINAL;
  }

  /// Tells whether they are a terminal.
  boolean hasTerminal() {
    return kind == Kind.TERMINAL || kind == Kind.CONSOLE;
  }

  /// Appends the steps that make them.
  ///
  /// @param size the `struct winsize` of a terminal, or `NULL`
  void make(Operand size) {
    plan.add(new Op.Assign(Names.OUTPUT, num(-1)));
    plan.add(new Op.Assign(Names.ERRORS, num(-1)));
    switch (kind) {
      case PIPES, PIPES_WITHOUT_INPUT -> {
        plan.because("make pipes for the command");
        if (hasInput()) {
          pipe(plan, Names.CHILD_INPUT, Names.INPUT);
          StreamSteps.neverWait(plan, Names.INPUT);
        } else {
          Operand nothing = text("null");
          Num flags = or(O_RDONLY, O_CLOEXEC);
          plan.call(Names.CHILD_INPUT, Syscall.OPENAT, value(GuestDevices.DEVICES), nothing, flags);
        }
        pipe(plan, Names.OUTPUT, Names.CHILD_OUTPUT);
        pipe(plan, Names.ERRORS, Names.CHILD_ERRORS);
        StreamSteps.neverWait(plan, Names.OUTPUT);
        StreamSteps.neverWait(plan, Names.ERRORS);
      }
      case TERMINAL -> {
        ConsolePlanner console = new ConsolePlanner(plan);
        console.openPair(console.openMount());
        resize(size);
        plan.add(new Op.Assign(Names.OUTPUT, value(ConsolePlanner.MASTER)));
        StreamSteps.neverWait(plan, Names.OUTPUT);
      }
      case CONSOLE -> {
        plan.because("open the terminal by the name that ttyname(3) finds", "-t");
        Num flags = or(O_RDWR, O_NOCTTY, O_CLOEXEC);
        plan.call(ConsolePlanner.SLAVE, Syscall.OPENAT, AT_FDCWD, text("/dev/console"), flags);
        resize(size);
      }
      case NOTHING -> {
        Slot nothing = Names.CHILD_INPUT;
        Num flags = or(O_RDWR, O_CLOEXEC);
        plan.call(nothing, Syscall.OPENAT, value(GuestDevices.DEVICES), text("null"), flags);
        plan.add(new Op.Assign(Names.CHILD_OUTPUT, value(nothing)));
        plan.add(new Op.Assign(Names.CHILD_ERRORS, value(nothing)));
      }
    }
  }

  /// Appends the steps that make a pipe.
  static void pipe(PlanBuilder plan, Slot reader, Slot writer) {
    plan.call(Syscall.PIPE2, at(Names.PAIR), O_CLOEXEC);
    plan.load(reader, Names.PAIR, 0, 4);
    plan.load(writer, Names.PAIR, 4, 4);
  }

  /// Appends the step that gives a terminal another size; the kernel tells its processes.
  ///
  /// @param size a `struct winsize`, or `NULL` for a size that nobody knows
  void resize(Operand size) {
    if (size.equals(NULL)) {
      return;
    }
    switch (kind) {
      case TERMINAL -> plan.attempt(Syscall.IOCTL, value(ConsolePlanner.MASTER), TIOCSWINSZ, size);
      case CONSOLE -> plan.attempt(Syscall.IOCTL, value(ConsolePlanner.SLAVE), TIOCSWINSZ, size);
      case PIPES, PIPES_WITHOUT_INPUT, NOTHING -> {}
    }
  }

  /// Appends the steps by which the child that becomes the command takes them. It leads a session.
  ///
  /// @param uid the command's user
  void take(long uid) {
    switch (kind) {
      case PIPES, PIPES_WITHOUT_INPUT, NOTHING -> {
        plan.because("take the standard streams");
        plan.call(Syscall.DUP3, value(Names.CHILD_INPUT), ZERO, ZERO);
        plan.call(Syscall.DUP3, value(Names.CHILD_OUTPUT), num(1), ZERO);
        plan.call(Syscall.DUP3, value(Names.CHILD_ERRORS), num(2), ZERO);
      }
      case TERMINAL, CONSOLE -> new ConsolePlanner(plan).adopt(uid);
    }
  }

  /// Appends the steps by which the other process lets go of the child's ends.
  void letGo() {
    switch (kind) {
      case PIPES, PIPES_WITHOUT_INPUT -> {
        plan.attempt(Syscall.CLOSE, value(Names.CHILD_INPUT));
        plan.attempt(Syscall.CLOSE, value(Names.CHILD_OUTPUT));
        plan.attempt(Syscall.CLOSE, value(Names.CHILD_ERRORS));
      }
      case TERMINAL -> plan.attempt(Syscall.CLOSE, value(ConsolePlanner.SLAVE));
      case CONSOLE, NOTHING -> {}
    }
  }

  /// Appends the filling of the second to the fifth entry of a poll set.
  void poll(Buffer set) {
    if (hasInput()) {
      keyboard.pollApart(set);
    } else {
      StreamSteps.pollNothing(plan, set, 1);
      StreamSteps.pollNothing(plan, set, 2);
    }
    StreamSteps.poll(plan, set, 3, Names.OUTPUT);
    StreamSteps.poll(plan, set, 4, Names.ERRORS);
  }

  /// Appends the steps that pass on what there is, as the poll set says.
  void pass(Buffer set) {
    if (kind == Kind.CONSOLE || kind == Kind.NOTHING) {
      return;
    }
    plan.because("pass on what the command writes");
    steps.passIfReady(set, 3, Names.OUTPUT, OUTPUT_PORT, PASSED_OUTPUT);
    if (arePipes()) {
      steps.passIfReady(set, 4, Names.ERRORS, ERRORS_PORT, PASSED_ERRORS);
    }
    if (hasInput()) {
      keyboard.pass(set);
      keyboard.endAt(INPUT_ENDS, INPUT_BYTES);
    }
  }

  /// Appends what takes the host's word for the end of the input, which is in [GuestMessage#ORDER].
  void endInput() {
    plan.add(new Op.Assign(INPUT_ENDS, num(1)));
    plan.load(INPUT_BYTES, GuestMessage.ORDER, GuestMessage.INPUT, 8);
    if (hasInput()) {
      keyboard.endAt(INPUT_ENDS, INPUT_BYTES);
    }
  }

  /// Appends the steps that pass on what was written before the command ended, and put the number
  /// of bytes into the report.
  void drain(Buffer set) {
    plan.because("pass on the last of the output");
    switch (kind) {
      case PIPES, PIPES_WITHOUT_INPUT -> {
        drain(Names.OUTPUT, OUTPUT_PORT, PASSED_OUTPUT);
        drain(Names.ERRORS, ERRORS_PORT, PASSED_ERRORS);
      }
      case TERMINAL -> drainTerminal(set);
      // tcdrain(3).
      case CONSOLE -> plan.attempt(Syscall.IOCTL, value(ConsolePlanner.SLAVE), TCSBRK, num(1));
      case NOTHING -> {}
    }
    plan.add(new Op.Store(PASSED_OUTPUT, GuestMessage.REPORT, GuestMessage.OUTPUT, 8));
    plan.add(new Op.Store(PASSED_ERRORS, GuestMessage.REPORT, GuestMessage.ERRORS, 8));
  }

  private void drain(Slot source, Slot target, Slot passed) {
    Label more = plan.label("more output");
    Label done = plan.label("no more output");
    plan.mark(more);
    steps.pass(source, target, passed, done);
    plan.jump(more);
    plan.mark(done);
  }

  /// The terminal hands output on from a kernel thread: it may still be on its way, but not for
  /// long.
  private void drainTerminal(Buffer set) {
    Label more = plan.label("more of the terminal");
    Label done = plan.label("no more of the terminal");
    Struct moment =
        new Struct(
            List.of(new Field("tv_sec", 8, ZERO), new Field("tv_nsec", 8, num(MOMENT_NANOS))));
    plan.mark(more);
    plan.branch(Names.OUTPUT, Condition.EQUAL, -1, done);
    StreamSteps.poll(plan, set, 0, Names.OUTPUT);
    plan.attempt(RESULT, Syscall.PPOLL, at(set), num(1), moment, NULL, ZERO);
    plan.branch(RESULT, Condition.NOT_EQUAL, 1, done);
    steps.pass(Names.OUTPUT, OUTPUT_PORT, PASSED_OUTPUT, done);
    plan.jump(more);
    plan.mark(done);
  }
}
