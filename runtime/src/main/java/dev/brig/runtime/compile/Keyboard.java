package dev.brig.runtime.compile;

import static dev.brig.namespaces.Abi.ZERO;
import static dev.brig.namespaces.Abi.at;
import static dev.brig.namespaces.Abi.num;
import static dev.brig.namespaces.Abi.text;
import static dev.brig.namespaces.Abi.value;

import dev.brig.linux.Errno;
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

/// Passes what is typed to the container's terminal, without ever waiting for a container that does
/// not read: signals and output go on meanwhile.
final class Keyboard {
  private static final Buffer KEYS = new Buffer("keys", 1024);
  private static final Slot CLOSED = new Slot("stdin closed");
  private static final Slot INPUT = new Slot("stdin");
  private static final Slot START = new Slot("keys written");
  private static final Slot LEFT = new Slot("keys left");
  private static final Slot EVENTS = new Slot("events");
  private static final Slot READY = new Slot("revents");
  private static final long POLLIN = 1;
  private static final long POLLIN_POLLOUT = 5;
  private static final long ANYTHING = 1 | 8 | 0x10;

  private final PlanBuilder plan;
  private final Operand source;
  private final AtEnd atEnd;

  /// What happens when there is nothing more to type.
  enum AtEnd {
    /// Nothing.
    NOTHING,
    /// The character that ends the input of a program that reads lines: ^D.
    TYPE_END
  }

  /// Makes one.
  ///
  /// @param source where keys are read
  /// @param atEnd what happens when there are no more
  Keyboard(PlanBuilder plan, Operand source, AtEnd atEnd) {
    this.plan = plan;
    this.source = source;
    this.atEnd = atEnd;
  }

  /// Appends the filling of the second and third entry of a poll set: the terminal's master, with
  /// `POLLOUT` only if there are keys to write, and standard input, only if there are none.
  void poll(Buffer set) {
    Label write = plan.label("keys to write");
    plan.add(new Op.Assign(INPUT, new Num(-1)));
    plan.add(new Op.Assign(EVENTS, num(POLLIN_POLLOUT)));
    plan.branch(LEFT, Condition.NOT_EQUAL, 0, write);
    plan.add(new Op.Assign(EVENTS, num(POLLIN)));
    plan.branch(CLOSED, Condition.NOT_EQUAL, 0, write);
    plan.add(new Op.Assign(INPUT, source));
    plan.mark(write);
    plan.add(new Op.Store(Names.OUTPUT, set, 8, 4));
    plan.add(new Op.Store(EVENTS, set, 12, 4));
    plan.add(new Op.Assign(EVENTS, num(POLLIN)));
    plan.add(new Op.Store(INPUT, set, 16, 4));
    plan.add(new Op.Store(EVENTS, set, 20, 4));
  }

  /// Appends the steps that read keys if there are some, and write what is left of them.
  void pass(Buffer set) {
    plan.because("pass what is typed to the container", "-t");
    Label write = plan.label("write keys");
    Label some = plan.label("some keys");
    Label written = plan.label("keys are written");
    Label done = plan.label("no keys");
    plan.branch(LEFT, Condition.NOT_EQUAL, 0, write);
    plan.load(READY, set, 22, 2);
    plan.branch(READY, Condition.NO_BIT, ANYTHING, done);
    plan.attempt(LEFT, Syscall.READ, source, at(KEYS), num(KEYS.sizeBytes()));
    plan.add(new Op.Assign(START, ZERO));
    plan.branch(LEFT, Condition.AT_LEAST, 1, some);
    if (atEnd == AtEnd.TYPE_END) {
      plan.attempt(Syscall.WRITE, value(Names.OUTPUT), text("\4"), num(1));
    }
    plan.add(new Op.Assign(CLOSED, num(1)));
    plan.add(new Op.Assign(LEFT, ZERO));
    plan.jump(done);
    plan.mark(some);
    plan.mark(write);
    Operand rest = new Operand.BufferAt(KEYS, START);
    plan.attempt(Names.COUNT, Syscall.WRITE, value(Names.OUTPUT), rest, value(LEFT));
    plan.branch(Names.COUNT, Condition.AT_LEAST, 1, written);
    plan.branch(Names.COUNT, Condition.EQUAL, -Errno.EAGAIN.number(), done);
    // Nobody will read them.
    plan.add(new Op.Assign(LEFT, ZERO));
    plan.jump(done);
    plan.mark(written);
    plan.add(new Op.Compute(START, START, Arithmetic.ADD, value(Names.COUNT)));
    plan.add(new Op.Compute(LEFT, LEFT, Arithmetic.SUBTRACT, value(Names.COUNT)));
    plan.mark(done);
  }
}
