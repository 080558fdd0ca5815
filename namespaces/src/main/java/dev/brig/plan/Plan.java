package dev.brig.plan;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// A program as data: steps in order, immutable, and every label in its place.
///
/// The first step is the entry. A program never runs past its last step: that one is a jump or an exit.
///
/// @param steps the steps; a call's number in messages and explanations is its position among the calls,
///     from 1
public record Plan(List<Step> steps) {
  /// Set by a call that aborts: the number of the call, from 1.
  public static final Slot FAILED_STEP = new Slot("failed step");

  /// Set by a call that aborts: the errno, positive.
  public static final Slot FAILED_ERRNO = new Slot("failed errno");

  /// Copies the steps and refuses a plan with a label missing or marked twice.
  public Plan {
    steps = List.copyOf(steps);
    Set<Label> marked = new HashSet<>();
    for (Step step : steps) {
      if (step.op() instanceof Op.Mark(Label label) && !marked.add(label)) {
        throw new IllegalArgumentException("label marked twice: " + label.name());
      }
    }
    for (Step step : steps) {
      for (Label label : targets(step.op())) {
        if (!marked.contains(label)) {
          throw new IllegalArgumentException("label not marked: " + label.name());
        }
      }
    }
  }

  /// Returns the steps that are system calls, in order: number N of a message is element N - 1.
  public List<Step> calls() {
    return steps.stream().filter(step -> step.op() instanceof Op.Call).toList();
  }

  private static List<Label> targets(Op op) {
    return switch (op) {
      case Op.Call(_, _, _, OnError.Divert(_, Label label)) -> List.of(label);
      case Op.Jump(Label label) -> List.of(label);
      case Op.Branch(_, _, _, Label label) -> List.of(label);
      case Op.Guard(_, Label label) -> List.of(label);
      case Op.Call _, Op.Mark _, Op.Load _, Op.LoadAt _, Op.Store _, Op.Assign _, Op.Compute _ -> List.of();
    };
  }
}
