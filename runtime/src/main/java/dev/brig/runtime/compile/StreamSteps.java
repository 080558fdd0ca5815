package dev.brig.runtime.compile;

import static dev.brig.namespaces.Abi.NULL;
import static dev.brig.namespaces.Abi.ZERO;
import static dev.brig.namespaces.Abi.at;
import static dev.brig.namespaces.Abi.num;
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

/// Passes on what comes out of a descriptor.
final class StreamSteps {
  private static final Buffer CHUNK = new Buffer("stream's chunk", 16384);
  private static final Buffer WRITABLE = new Buffer("stream's pollfd", 8);
  private static final Slot GOT = new Slot("stream's bytes");
  private static final Slot WRITTEN = new Slot("stream's written bytes");
  private static final Slot RESULT = new Slot("stream's result");
  private static final long POLLIN = 1;
  private static final long POLLOUT = 4;
  private static final Num F_SETFL = new Num(4, "F_SETFL");
  private static final Num O_NONBLOCK = new Num(0x800, "O_NONBLOCK");

  private final PlanBuilder plan;
  private final AtRefusal atRefusal;

  /// What follows when nobody reads any more where it goes to.
  enum AtRefusal {
    /// The rest is read all the same: whoever writes is not to stop for it.
    GO_ON,
    /// The source is closed: whoever writes is to learn of it.
    CLOSE
  }

  StreamSteps(PlanBuilder plan, AtRefusal atRefusal) {
    this.plan = plan;
    this.atRefusal = atRefusal;
  }

  /// Appends the filling of an entry of a poll set: whether there is something to read.
  ///
  /// @param set the poll set
  /// @param index the entry's place
  /// @param descriptor what is read; one that is closed is -1
  static void poll(PlanBuilder plan, Buffer set, int index, Slot descriptor) {
    plan.add(new Op.Store(descriptor, set, index * 8, 4));
    plan.add(new Op.Assign(RESULT, num(POLLIN)));
    plan.add(new Op.Store(RESULT, set, index * 8 + 4, 4));
  }

  /// Appends the filling of an entry that is never to tell anything.
  static void pollNothing(PlanBuilder plan, Buffer set, int index) {
    plan.add(new Op.Assign(RESULT, num(-1)));
    plan.add(new Op.Store(RESULT, set, index * 8, 4));
  }

  /// Appends a branch for an entry of a poll set that has nothing to tell.
  static void unlessReady(PlanBuilder plan, Buffer set, int index, Label quiet) {
    plan.load(RESULT, set, index * 8 + 6, 2);
    plan.branch(RESULT, Condition.EQUAL, 0, quiet);
  }

  /// Appends the step by which reading or writing never waits.
  static void neverWait(PlanBuilder plan, Slot descriptor) {
    plan.call(Syscall.FCNTL, value(descriptor), F_SETFL, O_NONBLOCK);
  }

  /// Appends what passes a chunk on if an entry of a poll set says that there is one.
  void passIfReady(Buffer set, int index, Slot source, Slot target, Slot passed) {
    Label done = plan.label("nothing to pass on");
    unlessReady(plan, set, index, done);
    pass(source, target, passed, done);
    plan.mark(done);
  }

  /// Appends what passes one chunk on. A source that has ended is closed, and its slot is -1.
  ///
  /// @param source what is read
  /// @param target what is written to; it may be one that never waits
  /// @param passed the slot that counts the bytes
  /// @param nothing where it goes if there was nothing
  void pass(Slot source, Slot target, Slot passed, Label nothing) {
    Label some = plan.label("something to pass on");
    Label more = plan.label("write more");
    Label wrote = plan.label("written");
    Label wait = plan.label("wait for its reader");
    Label refused = plan.label("nobody reads it");
    Label done = plan.label("passed on");
    plan.attempt(GOT, Syscall.READ, value(source), at(CHUNK), num(CHUNK.sizeBytes()));
    plan.branch(GOT, Condition.AT_LEAST, 1, some);
    plan.branch(GOT, Condition.EQUAL, -Errno.EAGAIN.number(), nothing);
    close(source);
    plan.jump(nothing);
    plan.mark(some);
    plan.add(new Op.Assign(WRITTEN, num(0)));
    plan.mark(more);
    Operand rest = new Operand.BufferAt(CHUNK, WRITTEN);
    plan.attempt(RESULT, Syscall.WRITE, value(target), rest, value(GOT));
    plan.branch(RESULT, Condition.AT_LEAST, 0, wrote);
    plan.branch(RESULT, Condition.EQUAL, -Errno.EAGAIN.number(), wait);
    plan.mark(refused);
    if (atRefusal == AtRefusal.CLOSE) {
      close(source);
      plan.jump(nothing);
    } else {
      plan.jump(done);
    }
    plan.mark(wait);
    plan.add(new Op.Store(target, WRITABLE, 0, 4));
    plan.add(new Op.Assign(RESULT, num(POLLOUT)));
    plan.add(new Op.Store(RESULT, WRITABLE, 4, 4));
    plan.attempt(Syscall.PPOLL, at(WRITABLE), num(1), NULL, NULL, ZERO);
    plan.load(RESULT, WRITABLE, 6, 2);
    plan.branch(RESULT, Condition.ANY_BIT, POLLOUT, more);
    plan.jump(refused);
    plan.mark(wrote);
    plan.add(new Op.Compute(passed, passed, Arithmetic.ADD, value(RESULT)));
    plan.add(new Op.Compute(WRITTEN, WRITTEN, Arithmetic.ADD, value(RESULT)));
    plan.add(new Op.Compute(GOT, GOT, Arithmetic.SUBTRACT, value(RESULT)));
    plan.branch(GOT, Condition.NOT_EQUAL, 0, more);
    plan.mark(done);
  }

  private void close(Slot descriptor) {
    plan.attempt(Syscall.CLOSE, value(descriptor));
    plan.add(new Op.Assign(descriptor, num(-1)));
  }
}
