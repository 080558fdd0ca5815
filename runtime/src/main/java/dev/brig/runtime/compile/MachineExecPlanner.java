package dev.brig.runtime.compile;

import static dev.brig.namespaces.Abi.AT_FDCWD;
import static dev.brig.namespaces.Abi.NULL;
import static dev.brig.namespaces.Abi.O_CLOEXEC;
import static dev.brig.namespaces.Abi.O_WRONLY;
import static dev.brig.namespaces.Abi.ZERO;
import static dev.brig.namespaces.Abi.at;
import static dev.brig.namespaces.Abi.num;
import static dev.brig.namespaces.Abi.or;
import static dev.brig.namespaces.Abi.text;
import static dev.brig.namespaces.Abi.value;

import dev.brig.linux.Syscall;
import dev.brig.plan.Arithmetic;
import dev.brig.plan.Buffer;
import dev.brig.plan.Condition;
import dev.brig.plan.Label;
import dev.brig.plan.Op;
import dev.brig.plan.Operand;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.Plan;
import dev.brig.plan.PlanBuilder;
import dev.brig.plan.Slot;
import dev.brig.runtime.compile.Keyboard.AtEnd;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Makes the plan of the host's half of a further command in a virtual machine: it sends the
/// program of the other half, [GuestExecPlanner], shows what that passes on, and ends as the
/// command does.
public final class MachineExecPlanner {
  private static final int FIRST_FD = 3;
  private static final int KILLED = 128 + 9;
  private static final int ASKED_OFTEN = 3;
  private static final Label FAILED = new Label("no further command");
  private static final Slot MACHINE = new Slot("machine's signalsfd");
  private static final Slot CONTROL = new Slot("controlfd");
  private static final Slot STDOUT = new Slot("stdout");
  private static final Slot STDERR = new Slot("stderr");
  private static final Slot SHOWN_OUTPUT = new Slot("shown bytes of output");
  private static final Slot SHOWN_ERRORS = new Slot("shown bytes of errors");
  private static final Slot ANNOUNCED = new Slot("the end of the input is announced");
  private static final Slot ASKED = new Slot("how often it was asked to end");
  private static final Slot EXPECTED = new Slot("expected bytes");
  private static final Slot CODE = new Slot("code");
  private static final Slot RESULT = new Slot("caller's result");
  private static final Buffer POLL = new Buffer("caller's pollfds", 48);
  private static final Buffer EVENT = new Buffer("caller's signalfd_siginfo", 128);
  private static final int CONTROL_PLACE = 5;

  private final PlanBuilder plan = new PlanBuilder();
  private final MachineExecution execution;
  private final Streams streams;
  private final RelayPlanner terminal;
  private final Keyboard keyboard;
  private final StreamSteps steps;

  private MachineExecPlanner(MachineExecution execution) {
    this.execution = execution;
    this.streams = execution.streams();
    this.terminal = new RelayPlanner(plan, streams, Launch.State.NONE);
    this.keyboard = new Keyboard(plan, ZERO, Names.INPUT, AtEnd.NOTHING);
    this.steps = new StreamSteps(plan, StreamSteps.AtRefusal.CLOSE);
  }

  /// What is wanted.
  ///
  /// @param directory where the sockets of the slot's ports are
  /// @param slot the slot
  /// @param lock the descriptor that keeps the slot for this command as long as it is open
  /// @param signals the path of the pipe on which the machine's init is told
  /// @param program the executable of the guest's half
  /// @param streams [Streams.Inherited], [Streams.Relayed] or [Streams.Shown]
  /// @param waiting [Execution.Waiting#FOREGROUND] or [Execution.Waiting#BACKGROUND]
  /// @param ignoredSignals bit set of the signals that the caller ignores
  @SuppressWarnings("ArrayRecordComponent") // passed through to the guest, never compared
  public record MachineExecution(
      String directory,
      int slot,
      int lock,
      String signals,
      byte[] program,
      Streams streams,
      Execution.Waiting waiting,
      long ignoredSignals) {}

  /// Returns the name of the socket of a port, below [MachineExecution#directory].
  ///
  /// @param slot the port's slot
  /// @param place its place there
  public static String socket(int slot, int place) {
    return "exec-" + slot + "-" + place;
  }

  /// Returns the plan.
  public static Plan plan(MachineExecution execution) {
    return new MachineExecPlanner(execution).all();
  }

  private boolean hasTerminal() {
    return !(streams instanceof Streams.Inherited);
  }

  private boolean isBackground() {
    return execution.waiting() == Execution.Waiting.BACKGROUND;
  }

  private boolean hasInput() {
    return switch (streams) {
      case Streams.Inherited(Streams.Input input) -> input == Streams.Input.PASSED;
      case Streams.Shown(Streams.Input input) -> input == Streams.Input.PASSED;
      case Streams.Relayed _ -> true;
      case Streams.Logged _, Streams.LoggedTerminal _, Streams.Sent _ ->
          throw new IllegalArgumentException("exec keeps no log");
    };
  }

  private Plan all() {
    plan.because("start");
    plan.add(new Op.Guard("brig", FAILED));
    ProcessStart start = new ProcessStart(plan);
    start.clean(FIRST_FD, execution.lock(), "lockfd", -1, execution.ignoredSignals());
    reach();
    ask();
    awaitBeginning();
    start.listen();
    terminal.takeTerminal();
    Label ended = plan.label("the command has ended");
    loop(ended);
    plan.mark(ended);
    drain();
    end();
    fail();
    return plan.build();
  }

  /// The port on which all is said comes last: when the guest hears it, the others are there.
  private void reach() {
    plan.because("reach the machine");
    Num writing = or(O_WRONLY, O_CLOEXEC);
    plan.call(MACHINE, Syscall.OPENAT, AT_FDCWD, text(execution.signals()), writing);
    // A socket's address has no room for a long path.
    plan.call(Syscall.CHDIR, text(execution.directory()));
    plan.add(new Op.Assign(Names.INPUT, num(-1)));
    plan.add(new Op.Assign(Names.OUTPUT, num(-1)));
    plan.add(new Op.Assign(Names.ERRORS, num(-1)));
    plan.add(new Op.Assign(STDOUT, num(1)));
    plan.add(new Op.Assign(STDERR, num(2)));
    if (!isBackground()) {
      if (hasTerminal() || hasInput()) {
        GateSteps.connect(plan, Names.INPUT, socket(execution.slot(), 0));
        StreamSteps.neverWait(plan, Names.INPUT);
      }
      GateSteps.connect(plan, Names.OUTPUT, socket(execution.slot(), 1));
      StreamSteps.neverWait(plan, Names.OUTPUT);
    }
    if (!hasTerminal() || isBackground()) {
      GateSteps.connect(plan, Names.ERRORS, socket(execution.slot(), 2));
      StreamSteps.neverWait(plan, Names.ERRORS);
    }
    GateSteps.connect(plan, CONTROL, socket(execution.slot(), 3));
  }

  private void ask() {
    plan.because("send the machine's init the program of the command");
    byte[] program = execution.program();
    ByteBuffer message =
        ByteBuffer.allocate(Long.BYTES + program.length).order(ByteOrder.LITTLE_ENDIAN);
    message.putLong(program.length).put(program);
    Operand sent = new Operand.Data(message.array(), "<its length, and the program>");
    plan.call(Syscall.WRITE, value(CONTROL), sent, num(message.capacity()));
    int port = GuestExecSteps.port(execution.slot(), GuestExecSteps.SLOT_PORTS - 1);
    ByteBuffer order =
        ByteBuffer.allocate(GuestMessage.ORDER.sizeBytes()).order(ByteOrder.LITTLE_ENDIAN);
    order.putInt(GuestMessage.PORT, port);
    Operand told = new Operand.Data(order.array(), "<run what comes on port " + port + ">");
    plan.call(Syscall.WRITE, value(MACHINE), told, num(order.capacity()));
    plan.call(Syscall.CLOSE, value(MACHINE));
  }

  /// Until then a signal ends this process as it ends any, and the other half with it.
  private void awaitBeginning() {
    Label begun = plan.label("the command has begun");
    plan.because("wait until the command has begun");
    hear();
    plan.branch(CODE, Condition.EQUAL, GuestMessage.BEGUN, begun);
    drain();
    end();
    plan.mark(begun);
    if (isBackground()) {
      ContainerPlanner.exitWith(plan, 0);
    }
  }

  /// Appends what reads a report. Without one, the machine has ended, or the other half was killed.
  private void hear() {
    Label heard = plan.label("heard");
    int length = GuestMessage.REPORT.sizeBytes();
    Operand report = at(GuestMessage.REPORT);
    plan.attempt(Names.COUNT, Syscall.READ, value(CONTROL), report, num(length));
    plan.branch(Names.COUNT, Condition.EQUAL, length, heard);
    terminal.restoreTerminal();
    ContainerPlanner.exitWith(plan, KILLED);
    plan.mark(heard);
    plan.load(CODE, GuestMessage.REPORT, GuestMessage.CODE, 4);
  }

  private void loop(Label ended) {
    Label next = plan.label("next event");
    Label signals = plan.label("see to signals");
    plan.mark(next);
    plan.because("wait for a signal, or something to pass on");
    StreamSteps.poll(plan, POLL, 0, Names.SIGNALFD);
    if (hasInput()) {
      keyboard.pollApart(POLL);
    } else {
      StreamSteps.pollNothing(plan, POLL, 1);
      StreamSteps.pollNothing(plan, POLL, 2);
    }
    StreamSteps.poll(plan, POLL, 3, Names.OUTPUT);
    StreamSteps.poll(plan, POLL, 4, Names.ERRORS);
    StreamSteps.poll(plan, POLL, CONTROL_PLACE, CONTROL);
    plan.call(Syscall.PPOLL, at(POLL), num(CONTROL_PLACE + 1L), NULL, NULL, ZERO);
    plan.because("show what the command writes");
    steps.passIfReady(POLL, 3, Names.OUTPUT, STDOUT, SHOWN_OUTPUT);
    steps.passIfReady(POLL, 4, Names.ERRORS, STDERR, SHOWN_ERRORS);
    if (hasInput()) {
      keyboard.pass(POLL);
      announceEndOfInput();
    }
    StreamSteps.unlessReady(plan, POLL, CONTROL_PLACE, signals);
    plan.because("hear how the command ended");
    hear();
    plan.jump(ended);
    plan.mark(signals);
    StreamSteps.unlessReady(plan, POLL, 0, next);
    passSignal(next);
  }

  private void announceEndOfInput() {
    Label done = plan.label("no end of input to announce");
    plan.branch(Keyboard.CLOSED, Condition.EQUAL, 0, done);
    plan.branch(ANNOUNCED, Condition.NOT_EQUAL, 0, done);
    plan.add(new Op.Assign(ANNOUNCED, num(1)));
    plan.because("say that the input has ended", "-i");
    plan.add(new Op.Assign(RESULT, num(GuestMessage.INPUT_ENDS)));
    plan.add(new Op.Store(RESULT, GuestMessage.ORDER, GuestMessage.SIGNAL, 4));
    plan.add(new Op.Store(Keyboard.TYPED, GuestMessage.ORDER, GuestMessage.INPUT, 8));
    tell();
    plan.mark(done);
  }

  private void tell() {
    Operand length = num(GuestMessage.ORDER.sizeBytes());
    plan.attempt(Syscall.WRITE, value(CONTROL), at(GuestMessage.ORDER), length);
  }

  private void passSignal(Label next) {
    plan.because("pass signals on");
    plan.call(Names.COUNT, Syscall.READ, value(Names.SIGNALFD), at(EVENT), num(128));
    plan.load(Names.SIGNAL, EVENT, 0, 4);
    // The guard of the terminal, which nobody waits for.
    plan.branch(Names.SIGNAL, Condition.EQUAL, Names.SIGCHLD, next);
    plan.add(new Op.Store(Names.SIGNAL, GuestMessage.ORDER, GuestMessage.SIGNAL, 4));
    KeeperPlanner.askSize(plan);
    tell();
    giveUp(next);
  }

  /// A guest that is stuck, or whose half was killed there, says nothing any more: whoever asks for
  /// the end often enough gets it.
  private void giveUp(Label next) {
    Label asked = plan.label("asked to end");
    for (int signal : new int[] {1, 2, 15}) {
      plan.branch(Names.SIGNAL, Condition.EQUAL, signal, asked);
    }
    plan.jump(next);
    plan.mark(asked);
    plan.add(new Op.Compute(ASKED, ASKED, Arithmetic.ADD, num(1)));
    plan.branch(ASKED, Condition.LESS, ASKED_OFTEN, next);
    plan.because("end without the guest's word");
    terminal.restoreTerminal();
    ContainerPlanner.exitWith(plan, KILLED);
  }

  /// Appends what shows the rest: as much as the command wrote, and what else there is. From here
  /// on a signal ends this process: nobody is left to pass it on to, and a guest may say what it
  /// likes.
  private void drain() {
    plan.because("take signals again as they come");
    Operand none = new Operand.Data(new byte[8], "[]");
    plan.call(Syscall.RT_SIGPROCMASK, Names.SIG_SETMASK, none, NULL, num(8));
    plan.because("show the last of the output");
    drain(Names.OUTPUT, STDOUT, SHOWN_OUTPUT, GuestMessage.OUTPUT);
    drain(Names.ERRORS, STDERR, SHOWN_ERRORS, GuestMessage.ERRORS);
  }

  private void drain(Slot source, Slot target, Slot shown, int written) {
    Label more = plan.label("more output");
    Label wait = plan.label("output is on its way");
    Label done = plan.label("no more output");
    plan.mark(more);
    steps.pass(source, target, shown, wait);
    plan.jump(more);
    plan.mark(wait);
    plan.branch(source, Condition.EQUAL, -1, done);
    plan.load(EXPECTED, GuestMessage.REPORT, written, 8);
    plan.add(new Op.Compute(EXPECTED, EXPECTED, Arithmetic.SUBTRACT, value(shown)));
    plan.branch(EXPECTED, Condition.LESS, 1, done);
    StreamSteps.poll(plan, POLL, 0, source);
    plan.attempt(Syscall.PPOLL, at(POLL), num(1), NULL, NULL, ZERO);
    plan.jump(more);
    plan.mark(done);
  }

  private void end() {
    terminal.restoreTerminal();
    plan.because("end with the command's status");
    ExitSteps.takeReportedStatus(plan);
    ContainerPlanner.exitWith(plan, Names.EXIT_STATUS);
  }

  private void fail() {
    plan.mark(FAILED);
    terminal.restoreTerminal();
    EndPlanner.sayFailure(plan);
    ContainerPlanner.exitWith(plan, 125);
  }
}
