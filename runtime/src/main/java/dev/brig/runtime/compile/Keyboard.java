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

/// Passes input on, what is typed above all, without ever waiting for a command that does not read:
/// signals and output go on meanwhile.
final class Keyboard {
  /// Not 0 when there are no more keys.
  static final Slot CLOSED = new Slot("stdin closed");

  /// How many bytes were read.
  static final Slot TYPED = new Slot("keys read");

  private static final Buffer KEYS = new Buffer("keys", 1024);
  private static final Slot INPUT = new Slot("stdin");
  private static final Slot START = new Slot("keys written");
  private static final Slot LEFT = new Slot("keys left");
  private static final Slot EVENTS = new Slot("events");
  private static final Slot READY = new Slot("revents");
  private static final long POLLIN = 1;
  private static final long POLLOUT = 4;
  private static final long POLLIN_POLLOUT = 5;
  // What is readable, broken, closed at the other end, or not open at all.
  private static final long ANYTHING = 1 | 8 | 0x10 | 0x20;

  private final PlanBuilder plan;
  private final Operand source;
  private final Slot target;
  private final AtEnd atEnd;

  /// What happens when there is nothing more to type.
  enum AtEnd {
    /// Nothing.
    NOTHING,
    /// The character that ends the input of a program that reads lines: ^D.
    TYPE_END,
    /// What is written to is closed; and, as soon as nobody reads there, nothing more is read here.
    CLOSE
  }

  /// Makes one.
  ///
  /// @param source where keys are read
  /// @param target where they are written, without waiting
  /// @param atEnd what happens when there are no more
  Keyboard(PlanBuilder plan, Operand source, Slot target, AtEnd atEnd) {
    this.plan = plan;
    this.source = source;
    this.target = target;
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
    plan.add(new Op.Store(target, set, 8, 4));
    plan.add(new Op.Store(EVENTS, set, 12, 4));
    pollSource(set);
  }

  private void pollSource(Buffer set) {
    plan.add(new Op.Assign(EVENTS, num(POLLIN)));
    plan.add(new Op.Store(INPUT, set, 16, 4));
    plan.add(new Op.Store(EVENTS, set, 20, 4));
  }

  /// Appends the filling of the second and third entry of a poll set: what keys are written to,
  /// only if there are some, and where they are read, only if there are none.
  void pollApart(Buffer set) {
    Label filled = plan.label("what to wait for");
    plan.add(new Op.Assign(INPUT, new Num(-1)));
    plan.add(new Op.Assign(EVENTS, num(POLLOUT)));
    plan.add(new Op.Store(target, set, 8, 4));
    plan.add(new Op.Store(EVENTS, set, 12, 4));
    plan.branch(LEFT, Condition.NOT_EQUAL, 0, filled);
    plan.add(new Op.Store(INPUT, set, 8, 4));
    plan.branch(CLOSED, Condition.NOT_EQUAL, 0, filled);
    plan.add(new Op.Assign(INPUT, source));
    plan.mark(filled);
    pollSource(set);
  }

  /// Appends the steps that read keys if there are some, and write what is left of them.
  void pass(Buffer set) {
    plan.because("pass what is typed to the container", atEnd == AtEnd.CLOSE ? "-i" : "-t");
    Label write = plan.label("write keys");
    Label some = plan.label("some keys");
    Label written = plan.label("keys are written");
    Label over = plan.label("no more keys");
    Label done = plan.label("no keys");
    plan.branch(LEFT, Condition.NOT_EQUAL, 0, write);
    plan.load(READY, set, 22, 2);
    plan.branch(READY, Condition.NO_BIT, ANYTHING, done);
    plan.attempt(LEFT, Syscall.READ, source, at(KEYS), num(KEYS.sizeBytes()));
    plan.add(new Op.Assign(START, ZERO));
    plan.branch(LEFT, Condition.AT_LEAST, 1, some);
    typeEnd();
    plan.mark(over);
    end();
    plan.jump(done);
    plan.mark(some);
    plan.add(new Op.Compute(TYPED, TYPED, Arithmetic.ADD, value(LEFT)));
    plan.mark(write);
    Operand rest = new Operand.BufferAt(KEYS, START);
    plan.attempt(Names.COUNT, Syscall.WRITE, value(target), rest, value(LEFT));
    plan.branch(Names.COUNT, Condition.AT_LEAST, 1, written);
    plan.branch(Names.COUNT, Condition.EQUAL, -Errno.EAGAIN.number(), done);
    // Nobody will read them.
    if (atEnd == AtEnd.CLOSE) {
      plan.jump(over);
    } else {
      plan.add(new Op.Assign(LEFT, ZERO));
      plan.jump(done);
    }
    plan.mark(written);
    plan.add(new Op.Compute(START, START, Arithmetic.ADD, value(Names.COUNT)));
    plan.add(new Op.Compute(LEFT, LEFT, Arithmetic.SUBTRACT, value(Names.COUNT)));
    plan.mark(done);
  }

  /// Appends the end of what is typed, as soon as all of it is, for a source that does not tell.
  ///
  /// @param announced the slot that is not 0 if the end is known
  /// @param bytes the slot with the number of bytes there are then
  void endAt(Slot announced, Slot bytes) {
    Label done = plan.label("there are more keys");
    plan.branch(announced, Condition.EQUAL, 0, done);
    plan.branch(CLOSED, Condition.NOT_EQUAL, 0, done);
    plan.branch(LEFT, Condition.NOT_EQUAL, 0, done);
    plan.add(new Op.Compute(READY, bytes, Arithmetic.SUBTRACT, value(TYPED)));
    plan.branch(READY, Condition.AT_LEAST, 1, done);
    typeEnd();
    end();
    plan.mark(done);
  }

  private void typeEnd() {
    if (atEnd == AtEnd.TYPE_END) {
      plan.attempt(Syscall.WRITE, value(target), text("\4"), num(1));
    }
  }

  private void end() {
    if (atEnd == AtEnd.CLOSE) {
      plan.attempt(Syscall.CLOSE, value(target));
      plan.add(new Op.Assign(target, new Num(-1)));
    }
    plan.add(new Op.Assign(CLOSED, num(1)));
    plan.add(new Op.Assign(LEFT, ZERO));
  }
}
