package dev.brig.runtime.compile;

import static dev.brig.namespaces.Abi.NULL;
import static dev.brig.namespaces.Abi.ZERO;
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
import dev.brig.plan.Operand.Field;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.Operand.Struct;
import dev.brig.plan.PlanBuilder;
import dev.brig.plan.Slot;
import java.util.List;

/// Shows what a container writes to its terminal on the caller's standard output.
final class Display {
  private static final Slot SHOWN = new Slot("bytes shown");
  private static final Slot SHOW = new Slot("bytes to show");

  private final PlanBuilder plan;

  Display(PlanBuilder plan) {
    this.plan = plan;
  }

  /// Appends the writing of all that was read, whether the caller's output waits or not. When
  /// nobody reads it any more the terminal is hung up, as it is when a window is closed.
  ///
  /// @param chunk where it lies, [Names#COUNT] bytes of it
  void show(Buffer chunk) {
    Label more = plan.label("more to show");
    Label wrote = plan.label("some is shown");
    Label shown = plan.label("all is shown");
    Label full = plan.label("the output is full");
    plan.add(new Op.Assign(SHOWN, ZERO));
    plan.add(new Op.Assign(SHOW, value(Names.COUNT)));
    plan.mark(more);
    Operand rest = new Operand.BufferAt(chunk, SHOWN);
    plan.attempt(Names.COUNT, Syscall.WRITE, num(1), rest, value(SHOW));
    plan.branch(Names.COUNT, Condition.AT_LEAST, 1, wrote);
    plan.branch(Names.COUNT, Condition.EQUAL, -Errno.EAGAIN.number(), full);
    plan.attempt(Syscall.CLOSE, value(Names.OUTPUT));
    plan.add(new Op.Assign(Names.OUTPUT, new Num(-1)));
    plan.jump(shown);
    plan.mark(full);
    Struct output =
        new Struct(
            List.of(
                new Field("fd", 4, num(1)),
                new Field("events", 2, num(4)),
                new Field("revents", 2, ZERO)));
    plan.attempt(Syscall.PPOLL, output, num(1), NULL, NULL, ZERO);
    plan.jump(more);
    plan.mark(wrote);
    plan.add(new Op.Compute(SHOWN, SHOWN, Arithmetic.ADD, value(Names.COUNT)));
    plan.add(new Op.Compute(SHOW, SHOW, Arithmetic.SUBTRACT, value(Names.COUNT)));
    plan.branch(SHOW, Condition.AT_LEAST, 1, more);
    plan.mark(shown);
  }
}
