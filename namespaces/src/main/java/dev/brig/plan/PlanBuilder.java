package dev.brig.plan;

import dev.brig.linux.Errno;
import dev.brig.linux.Syscall;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;

/// Writes a plan down, step by step.
///
/// The reason and the option given to [#because] stay in force until the next call of it, so that a
/// group of calls that serve one purpose says it once.
public final class PlanBuilder {
  private static final OnError ABORT = new OnError.Abort();
  private static final OnError IGNORE = new OnError.Ignore();

  private final List<Step> steps = new ArrayList<>(512);
  private String why = "";
  private String option = "";
  private int labels;
  private int calls;

  /// Says what the following steps achieve and what asked for it.
  ///
  /// @param why as in [Step#why]
  /// @param option as in [Step#option]
  public void because(String why, String option) {
    this.why = why;
    this.option = option;
  }

  /// Says what the following steps achieve, for something that every container has.
  public void because(String why) {
    because(why, "");
  }

  /// Returns what the steps that come next achieve.
  public String why() {
    return why;
  }

  /// Returns what asked for the steps that come next.
  public String option() {
    return option;
  }

  /// Makes a call whose failure aborts and whose result nobody needs.
  public void call(Syscall syscall, Operand... arguments) {
    add(new Op.Call(syscall, List.of(arguments), Slot.UNUSED, ABORT));
  }

  /// Makes a call whose failure aborts, and keeps its result.
  ///
  /// @return the result slot
  public Slot call(Slot result, Syscall syscall, Operand... arguments) {
    add(new Op.Call(syscall, List.of(arguments), result, ABORT));
    return result;
  }

  /// Makes a call for which some errors are as good as success.
  public void tolerate(Errno errno, Syscall syscall, Operand... arguments) {
    OnError onError = new OnError.Tolerate(EnumSet.of(errno));
    add(new Op.Call(syscall, List.of(arguments), Slot.UNUSED, onError));
  }

  /// Makes a call whose errors are dealt with as given.
  public void call(Slot result, OnError onError, Syscall syscall, Operand... arguments) {
    add(new Op.Call(syscall, List.of(arguments), result, onError));
  }

  /// Makes a call whose failure changes nothing: cleaning up goes on to the next thing.
  public void attempt(Syscall syscall, Operand... arguments) {
    add(new Op.Call(syscall, List.of(arguments), Slot.UNUSED, IGNORE));
  }

  /// Makes a call whose failure changes nothing, and keeps its result.
  public void attempt(Slot result, Syscall syscall, Operand... arguments) {
    add(new Op.Call(syscall, List.of(arguments), result, IGNORE));
  }

  /// Returns a label that no other call of this method returned.
  public Label label(String name) {
    labels++;
    return new Label(name + " " + labels);
  }

  /// Marks the place of a label.
  public void mark(Label label) {
    add(new Op.Mark(label));
  }

  /// Goes to a label.
  public void jump(Label label) {
    add(new Op.Jump(label));
  }

  /// Goes to a label if a slot compares so with a number.
  public void branch(Slot slot, Condition condition, long number, Label label) {
    add(new Op.Branch(slot, condition, number, label));
  }

  /// Copies a number out of a buffer.
  public void load(Slot target, Buffer buffer, int offsetBytes, int widthBytes) {
    add(new Op.Load(target, buffer, offsetBytes, widthBytes));
  }

  /// Adds any other operation.
  public void add(Op op) {
    if (op instanceof Op.Call) {
      calls++;
    }
    steps.add(new Step(op, why, option));
  }

  /// Returns the number of the latest call, for a failure that only a later step notices.
  public int latestCall() {
    return calls;
  }

  /// Returns the plan so far.
  ///
  /// @throws IllegalArgumentException if a label is missing or marked twice
  public Plan build() {
    return new Plan(steps);
  }
}
