package dev.brig.runtime.compile;

import static dev.brig.namespaces.Abi.NULL;
import static dev.brig.namespaces.Abi.ZERO;
import static dev.brig.namespaces.Abi.at;
import static dev.brig.namespaces.Abi.num;
import static dev.brig.namespaces.Abi.value;

import dev.brig.linux.Syscall;
import dev.brig.plan.Arithmetic;
import dev.brig.plan.Buffer;
import dev.brig.plan.Condition;
import dev.brig.plan.Label;
import dev.brig.plan.Op;
import dev.brig.plan.Operand;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.PlanBuilder;
import dev.brig.plan.Slot;

/// Makes the loop of whoever runs a command in a guest, until that ends: streams between the
/// command and the host, signals to the command, ended children out of the way.
final class GuestSupervision {
  /// The command's number.
  static final Slot COMMAND = new Slot("command pid");

  private static final Num SFD_CLOEXEC = new Num(0x80000, "SFD_CLOEXEC");
  private static final long SIGCHLD_MASK = 1L << (Names.SIGCHLD - 1);
  private static final long SIGPIPE_MASK = 1L << 12;
  private static final Slot CHILDREN = new Slot("childrenfd");
  private static final Slot ENDED = new Slot("si_pid");
  private static final Buffer EVENT = new Buffer("children's event", 4096);
  private static final Buffer POLL = new Buffer("supervision's pollfds", 48);
  private static final int CONTROL_PLACE = 5;

  private final PlanBuilder plan;
  private final GuestStreams streams;
  private final Slot control;

  /// Makes it.
  ///
  /// @param streams the command's
  /// @param control the port on which the host says what is to happen
  GuestSupervision(PlanBuilder plan, GuestStreams streams, Slot control) {
    this.plan = plan;
    this.streams = streams;
    this.control = control;
  }

  /// Appends the steps that make ended children messages; before there is a child.
  void listen() {
    plan.because("take the ends of children as messages, and those of readers as errors");
    Operand blocked = new Operand.Data(bytes(SIGCHLD_MASK | SIGPIPE_MASK), "[PIPE CHLD]");
    plan.call(Syscall.RT_SIGPROCMASK, Names.SIG_SETMASK, blocked, NULL, num(8));
    Operand mask = new Operand.Data(bytes(SIGCHLD_MASK), "[CHLD]");
    plan.call(CHILDREN, Syscall.SIGNALFD4, new Num(-1), mask, num(8), SFD_CLOEXEC);
  }

  private static byte[] bytes(long number) {
    byte[] bytes = new byte[8];
    for (int i = 0; i < 8; i++) {
      bytes[i] = (byte) (number >>> (8 * i));
    }
    return bytes;
  }

  /// Appends the loop. It ends with the end of the command, its report in [GuestMessage#REPORT].
  ///
  /// @param alone where it goes when the host has gone away
  /// @param execution where it goes when the host wants a further command, the message in
  ///   [GuestMessage#ORDER]
  /// @param next marked where the loop is entered again
  void watch(Label alone, Label execution, Label next) {
    Label reap = plan.label("reap");
    Label children = plan.label("see to children");
    plan.jump(reap);
    plan.mark(next);
    plan.because("wait for a signal, the end of a child, or something to pass on");
    StreamSteps.poll(plan, POLL, 0, CHILDREN);
    streams.poll(POLL);
    StreamSteps.poll(plan, POLL, CONTROL_PLACE, control);
    plan.call(Syscall.PPOLL, at(POLL), num(CONTROL_PLACE + 1L), NULL, NULL, ZERO);
    streams.pass(POLL);
    StreamSteps.unlessReady(plan, POLL, CONTROL_PLACE, children);
    obey(alone, execution);
    plan.mark(children);
    StreamSteps.unlessReady(plan, POLL, 0, next);
    plan.call(Names.COUNT, Syscall.READ, value(CHILDREN), at(EVENT), num(128));
    plan.mark(reap);
    plan.because("reap what has ended");
    plan.call(
        Syscall.WAITID, new Num(0, "P_ALL"), ZERO, at(Names.SIGINFO), Names.WEXITED_NOHANG, NULL);
    plan.load(ENDED, Names.SIGINFO, Names.SI_PID, 4);
    plan.branch(ENDED, Condition.EQUAL, 0, next);
    plan.add(new Op.Compute(ENDED, ENDED, Arithmetic.SUBTRACT, value(COMMAND)));
    plan.branch(ENDED, Condition.NOT_EQUAL, 0, reap);
    report(plan);
    streams.drain(POLL);
  }

  /// Appends what puts a child's end, in [Names#SIGINFO], into the report.
  static void report(PlanBuilder plan) {
    plan.load(ENDED, Names.SIGINFO, Names.SI_CODE, 4);
    plan.add(new Op.Store(ENDED, GuestMessage.REPORT, GuestMessage.CODE, 4));
    plan.load(ENDED, Names.SIGINFO, Names.SI_STATUS, 4);
    plan.add(new Op.Store(ENDED, GuestMessage.REPORT, GuestMessage.STATUS, 4));
  }

  /// Appends the step that sends the report.
  static void tell(PlanBuilder plan, Slot port) {
    Operand length = num(GuestMessage.REPORT.sizeBytes());
    plan.attempt(Syscall.WRITE, value(port), at(GuestMessage.REPORT), length);
  }

  private void obey(Label alone, Label execution) {
    Label obeyed = plan.label("obeyed");
    Label signal = plan.label("pass a signal on");
    int length = GuestMessage.ORDER.sizeBytes();
    plan.because("do what the host says");
    plan.attempt(Names.COUNT, Syscall.READ, value(control), at(GuestMessage.ORDER), num(length));
    plan.branch(Names.COUNT, Condition.LESS, 1, alone);
    plan.branch(Names.COUNT, Condition.NOT_EQUAL, length, obeyed);
    plan.load(Names.SIGNAL, GuestMessage.ORDER, GuestMessage.SIGNAL, 4);
    plan.branch(Names.SIGNAL, Condition.EQUAL, 0, execution);
    Label noEnd = plan.label("the input goes on");
    plan.branch(Names.SIGNAL, Condition.NOT_EQUAL, GuestMessage.INPUT_ENDS, noEnd);
    streams.endInput();
    plan.jump(obeyed);
    plan.mark(noEnd);
    plan.branch(Names.SIGNAL, Condition.NOT_EQUAL, GuestMessage.SIGWINCH, signal);
    streams.resize(new Operand.BufferAddress(GuestMessage.ORDER, GuestMessage.SIZE));
    if (streams.hasTerminal()) {
      plan.jump(obeyed);
    }
    plan.mark(signal);
    plan.attempt(Syscall.KILL, value(COMMAND), value(Names.SIGNAL));
    plan.mark(obeyed);
  }
}
