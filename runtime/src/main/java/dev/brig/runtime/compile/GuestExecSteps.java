package dev.brig.runtime.compile;

import static dev.brig.namespaces.Abi.AT_EMPTY_PATH;
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
import dev.brig.plan.Arithmetic;
import dev.brig.plan.Buffer;
import dev.brig.plan.Condition;
import dev.brig.plan.Label;
import dev.brig.plan.Op;
import dev.brig.plan.Operand;
import dev.brig.plan.Operand.Format;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.PlanBuilder;
import dev.brig.plan.Slot;
import java.util.List;

/// Makes the steps by which a machine's init runs a program that the host sends: a further command,
/// with all that belongs to it, compiled by whoever wants it.
///
/// The host adds ports in slots of [#SLOT_PORTS], and says on the port for signals on which the
/// program waits, the slot's last. A child of the init reads it there, its length before it, and
/// becomes it. It finds the port and the directory of devices at fixed numbers.
public final class GuestExecSteps {
  /// How many commands can run beside a machine's own.
  public static final int SLOTS = 6;

  /// How many ports a slot has: input, output, errors, and the port for everything else.
  public static final int SLOT_PORTS = 4;

  /// The first port of the first slot; see [GuestPlanner] for those before it.
  public static final int FIRST_PORT = 6;

  /// The port on which the program comes, and the host says what is to happen. An init has no
  /// descriptors with such numbers.
  static final int CONTROL_FD = 200;

  /// The directory of devices.
  static final int DEVICES_FD = 201;

  private static final String PORT = "vport0p";
  private static final int ATTEMPTS = 20_000;
  private static final long POLLHUP = 0x10;
  private static final int WORD_BYTES = 8;
  private static final Num MFD_CLOEXEC = new Num(1, "MFD_CLOEXEC");
  private static final Slot CHILD = new Slot("further command pid");
  private static final Slot NUMBER = new Slot("port");
  private static final Slot CONTROL = new Slot("controlfd");
  private static final Slot LEFT = new Slot("bytes of the program");
  private static final Slot PIECE = new Slot("bytes of a piece");
  private static final Slot MEMORY = new Slot("programfd");
  private static final Slot TRIES = new Slot("tries");
  private static final Slot RESULT = new Slot("port result");
  private static final Buffer POLL = new Buffer("port's pollfd", 8);
  private static final Buffer WORD = new Buffer("length of the program", WORD_BYTES);
  private static final Buffer CHUNK = new Buffer("piece of the program", 4096);

  private GuestExecSteps() {}

  /// Returns the number of a port.
  ///
  /// @param slot from 0 to [#SLOTS], exclusive
  /// @param place which of the slot's ports, from 0
  public static int port(int slot, int place) {
    return FIRST_PORT + slot * SLOT_PORTS + place;
  }

  /// Returns the name of a port among the devices.
  static Operand device(int number) {
    return text(PORT + number);
  }

  /// Appends the steps of the init, which has the host's message in [GuestMessage#ORDER].
  ///
  /// @param next where the init goes on
  static void run(PlanBuilder plan, Label next) {
    Label gone = plan.label("the host has gone away");
    plan.because("run a further command");
    Num flags = new Num(Names.SIGCHLD, "SIGCHLD");
    // Without room for another process the host hears nothing, and whoever waits can end that.
    plan.attempt(CHILD, Syscall.CLONE, flags, NULL, NULL, NULL, NULL);
    plan.branch(CHILD, Condition.NOT_EQUAL, 0, next);
    plan.load(NUMBER, GuestMessage.ORDER, GuestMessage.PORT, 4);
    Operand name = new Format(List.of(text(PORT), value(NUMBER)));
    open(plan, CONTROL, value(GuestDevices.DEVICES), name, or(O_RDWR, O_CLOEXEC), gone);
    receive(plan, gone);
    plan.because("become it");
    plan.attempt(Syscall.DUP3, value(CONTROL), num(CONTROL_FD), ZERO);
    plan.attempt(Syscall.DUP3, value(GuestDevices.DEVICES), num(DEVICES_FD), ZERO);
    Operand arguments = new Operand.Array(List.of(text("brig: exec"), NULL));
    Operand environment = new Operand.Array(List.of(NULL));
    plan.attempt(Syscall.EXECVEAT, value(MEMORY), text(""), arguments, environment, AT_EMPTY_PATH);
    plan.mark(gone);
    ContainerPlanner.exitWith(plan, 125);
  }

  /// Appends the steps that open a port as soon as it is there and the host has opened it, too: it
  /// was added just now, or another command has yet to let go of it. No event tells either.
  ///
  /// @param gone where it goes if that takes too long
  static void open(
      PlanBuilder plan, Slot port, Operand devices, Operand name, Num flags, Label gone) {
    Label again = plan.label("look for the port");
    Label there = plan.label("the port is there");
    Label open = plan.label("the host has opened it");
    plan.because("open the port to the host");
    plan.add(new Op.Assign(TRIES, num(0)));
    plan.mark(again);
    plan.attempt(port, Syscall.OPENAT, devices, name, flags);
    plan.branch(port, Condition.AT_LEAST, 0, there);
    pause(plan, again);
    plan.jump(gone);
    plan.mark(there);
    plan.add(new Op.Store(port, POLL, 0, 4));
    plan.add(new Op.Assign(RESULT, num(0)));
    plan.add(new Op.Store(RESULT, POLL, 4, 4));
    // With no time to wait.
    plan.attempt(Syscall.PPOLL, at(POLL), num(1), GuestDevices.duration(0), NULL, ZERO);
    plan.load(RESULT, POLL, 6, 2);
    plan.branch(RESULT, Condition.NO_BIT, POLLHUP, open);
    pause(plan, there);
    plan.jump(gone);
    plan.mark(open);
  }

  /// Waits a moment and goes to the label, but not for ever.
  private static void pause(PlanBuilder plan, Label again) {
    plan.attempt(Syscall.NANOSLEEP, GuestDevices.duration(1_000_000), NULL);
    plan.add(new Op.Compute(TRIES, TRIES, Arithmetic.ADD, num(1)));
    plan.branch(TRIES, Condition.LESS, ATTEMPTS, again);
  }

  private static void receive(PlanBuilder plan, Label gone) {
    Label next = plan.label("next piece of the program");
    Label whole = plan.label("a whole piece");
    plan.because("take the program that the host sends");
    plan.attempt(MEMORY, Syscall.MEMFD_CREATE, text("brig"), MFD_CLOEXEC);
    plan.attempt(RESULT, Syscall.READ, value(CONTROL), at(WORD), num(WORD_BYTES));
    plan.branch(RESULT, Condition.NOT_EQUAL, WORD_BYTES, gone);
    plan.load(LEFT, WORD, 0, WORD_BYTES);
    plan.mark(next);
    plan.add(new Op.Assign(PIECE, value(LEFT)));
    plan.branch(LEFT, Condition.LESS, CHUNK.sizeBytes(), whole);
    plan.add(new Op.Assign(PIECE, num(CHUNK.sizeBytes())));
    plan.mark(whole);
    plan.attempt(PIECE, Syscall.READ, value(CONTROL), at(CHUNK), value(PIECE));
    plan.branch(PIECE, Condition.LESS, 1, gone);
    plan.attempt(RESULT, Syscall.WRITE, value(MEMORY), at(CHUNK), value(PIECE));
    plan.branch(RESULT, Condition.LESS, 1, gone);
    plan.add(new Op.Compute(LEFT, LEFT, Arithmetic.SUBTRACT, value(PIECE)));
    plan.branch(LEFT, Condition.AT_LEAST, 1, next);
  }
}
