package dev.brig.compiler;

import dev.brig.linux.Syscall;
import dev.brig.plan.Arithmetic;
import dev.brig.plan.Buffer;
import dev.brig.plan.Condition;
import dev.brig.plan.Label;
import dev.brig.plan.OnError;
import dev.brig.plan.Op;
import dev.brig.plan.Operand;
import dev.brig.plan.Plan;
import dev.brig.plan.Slot;
import dev.brig.plan.Step;
import java.util.ArrayList;
import java.util.List;

/// Puts plans together for tests. A call that aborts makes the program print the number of the
/// call, the errno, and their texts, and exit with [#FAILED].
final class TestPlan {
  static final int FAILED = 99;

  static final Slot RESULT = new Slot("result");
  private static final Label FAILURE = new Label("failure");
  private final List<Step> steps = new ArrayList<>();
  private int labels;

  TestPlan() {
    add(new Op.Guard("test", FAILURE));
  }

  TestPlan add(Op op) {
    String why = op instanceof Op.Call call ? "make " + call.syscall().symbol() : "go on";
    steps.add(new Step(op, why, ""));
    return this;
  }

  TestPlan call(Syscall syscall, Operand... arguments) {
    return call(RESULT, new OnError.Abort(), syscall, arguments);
  }

  TestPlan call(Slot result, Syscall syscall, Operand... arguments) {
    return call(result, new OnError.Abort(), syscall, arguments);
  }

  TestPlan call(Slot result, OnError onError, Syscall syscall, Operand... arguments) {
    return add(new Op.Call(syscall, List.of(arguments), result, onError));
  }

  TestPlan set(Slot target, long number) {
    return add(new Op.Assign(target, new Operand.Num(number)));
  }

  TestPlan compute(Slot target, Slot left, Arithmetic arithmetic, Operand right) {
    return add(new Op.Compute(target, left, arithmetic, right));
  }

  TestPlan load(Slot target, Buffer buffer, int offsetBytes, int widthBytes) {
    return add(new Op.Load(target, buffer, offsetBytes, widthBytes));
  }

  TestPlan loadAt(Slot target, Buffer buffer, Slot offset, int widthBytes) {
    return add(new Op.LoadAt(target, buffer, offset, widthBytes));
  }

  TestPlan store(Slot source, Buffer buffer, int offsetBytes, int widthBytes) {
    return add(new Op.Store(source, buffer, offsetBytes, widthBytes));
  }

  /// Writes a slot in decimal, unsigned, and a newline.
  TestPlan show(Slot slot) {
    return print(new Operand.Value(slot), new Operand.Text("\n"));
  }

  /// Writes a formatted text to standard output.
  TestPlan print(Operand... pieces) {
    Operand.Format format = new Operand.Format(List.of(pieces));
    return write(format, new Operand.FormatLength(format));
  }

  TestPlan write(Operand address, Operand length) {
    return call(RESULT, new OnError.Ignore(), Syscall.WRITE, new Operand.Num(1), address, length);
  }

  /// Writes a text unless the branch is taken.
  TestPlan branchOver(Slot slot, Condition condition, long number, String text) {
    Label label = new Label("over " + labels++);
    add(new Op.Branch(slot, condition, number, label));
    write(new Operand.Text(text), new Operand.Num(Operand.length(text)));
    return add(new Op.Mark(label));
  }

  TestPlan exit(int status) {
    return call(RESULT, new OnError.Ignore(), Syscall.EXIT_GROUP, new Operand.Num(status));
  }

  /// Returns the plan without the words of failure.
  Plan bare() {
    add(new Op.Mark(FAILURE));
    return new Plan(steps);
  }

  Plan plan() {
    add(new Op.Mark(FAILURE));
    Slot step = Plan.FAILED_STEP;
    Slot errno = Plan.FAILED_ERRNO;
    print(
        new Operand.Value(step),
        new Operand.Text(" "),
        new Operand.Value(errno),
        new Operand.Text("\n"));
    write(new Operand.StepText(step), new Operand.StepTextLength(step));
    write(new Operand.Text(" = "), new Operand.Num(3));
    write(new Operand.ErrnoText(errno), new Operand.ErrnoTextLength(errno));
    write(new Operand.Text("\n"), new Operand.Num(1));
    exit(FAILED);
    return new Plan(steps);
  }
}
