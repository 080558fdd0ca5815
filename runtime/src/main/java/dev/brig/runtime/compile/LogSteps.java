package dev.brig.runtime.compile;

import static dev.brig.namespaces.Abi.AT_FDCWD;
import static dev.brig.namespaces.Abi.O_APPEND;
import static dev.brig.namespaces.Abi.O_CLOEXEC;
import static dev.brig.namespaces.Abi.O_CREAT;
import static dev.brig.namespaces.Abi.O_TRUNC;
import static dev.brig.namespaces.Abi.O_WRONLY;
import static dev.brig.namespaces.Abi.ZERO;
import static dev.brig.namespaces.Abi.at;
import static dev.brig.namespaces.Abi.mode;
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
import dev.brig.plan.Operand.Field;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.Operand.Struct;
import dev.brig.plan.PlanBuilder;
import dev.brig.plan.Slot;
import java.util.List;

/// Makes the steps that write to a container's log, and that begin a new one when it is half as
/// large as it may be: the one before is kept beside it.
///
/// The last record of the log before is of stream 3 and has no bytes: whoever follows it goes on in
/// the new one.
final class LogSteps {
  /// What limits the log.
  static final String OPTION = "--log-opt max-size";

  private static final Buffer HEADER = new Buffer("log header", 24);
  private static final int HEADER_BYTES = 20;
  private static final int CONTINUED = 3;
  private static final Slot STREAM = new Slot("stream");
  private static final Slot WRITTEN = new Slot("written");
  private static final Slot BEFORE = new Slot("old logfd");

  private final PlanBuilder plan;
  private final Launch.State state;

  LogSteps(PlanBuilder plan, Launch.State state) {
    this.plan = plan;
    this.state = state;
  }

  /// Appends the writing of what a buffer holds, [Names#COUNT] bytes.
  ///
  /// @param stream 1 for standard output, 2 for standard error
  void write(Buffer chunk, int stream) {
    plan.attempt(Syscall.CLOCK_GETTIME, new Num(0, "CLOCK_REALTIME"), at(HEADER));
    plan.add(new Op.Assign(STREAM, num(stream)));
    plan.add(new Op.Store(STREAM, HEADER, 12, 4));
    plan.add(new Op.Store(Names.COUNT, HEADER, 16, 4));
    Struct vectors =
        new Struct(
            List.of(
                new Field("iov_base", 8, at(HEADER)),
                new Field("iov_len", 8, num(HEADER_BYTES)),
                new Field("iov_base", 8, at(chunk)),
                new Field("iov_len", 8, value(Names.COUNT))));
    plan.attempt(WRITTEN, Syscall.WRITEV, value(Names.LOG), vectors, num(2));
    if (state.service().logBytesMax() > 0) {
      beginAnew(state.service().logBytesMax() / 2);
    }
  }

  private void beginAnew(long bytes) {
    Label small = plan.label("the log is small");
    Label failed = plan.label("the log goes on");
    plan.branch(WRITTEN, Condition.LESS, 0, small);
    plan.add(new Op.Compute(Names.LOGGED, Names.LOGGED, Arithmetic.ADD, value(WRITTEN)));
    plan.branch(Names.LOGGED, Condition.LESS, bytes, small);
    plan.because("begin a new log and keep one before it", OPTION);
    String log = state.directory() + "/log";
    plan.attempt(WRITTEN, Syscall.RENAMEAT2, AT_FDCWD, text(log), AT_FDCWD, text(log + ".1"), ZERO);
    plan.branch(WRITTEN, Condition.LESS, 0, failed);
    plan.add(new Op.Assign(BEFORE, value(Names.LOG)));
    plan.attempt(
        WRITTEN,
        Syscall.OPENAT,
        AT_FDCWD,
        text(log),
        or(O_WRONLY, O_CREAT, O_TRUNC, O_APPEND, O_CLOEXEC),
        mode(0600));
    plan.branch(WRITTEN, Condition.LESS, 0, failed);
    plan.add(new Op.Assign(Names.LOG, value(WRITTEN)));
    plan.add(new Op.Assign(STREAM, num(CONTINUED)));
    plan.add(new Op.Store(STREAM, HEADER, 12, 4));
    plan.add(new Op.Assign(STREAM, ZERO));
    plan.add(new Op.Store(STREAM, HEADER, 16, 4));
    plan.attempt(Syscall.WRITE, value(BEFORE), at(HEADER), num(HEADER_BYTES));
    plan.attempt(Syscall.CLOSE, value(BEFORE));
    plan.mark(failed);
    // After a failure it is tried again when as much more has come.
    plan.add(new Op.Assign(Names.LOGGED, ZERO));
    plan.mark(small);
  }
}
