package dev.brig.plan;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// A program as data: steps in order, immutable, and every label in its place.
///
/// The first step is the entry. A program never runs past its last step: that one is a jump or an
/// exit.
///
/// @param steps the steps; a call's number in messages and explanations is its position among the
///   calls, from 1
public record Plan(List<Step> steps) {
  /// Set by a call that aborts: the number of the call, from 1.
  public static final Slot FAILED_STEP = new Slot("failed step");

  /// Set by a call that aborts: the errno, positive.
  public static final Slot FAILED_ERRNO = new Slot("failed errno");

  /// Copies the steps and refuses a plan with a label missing or marked twice.
  public Plan {
    steps = List.copyOf(steps);
    // By name and by instanceof: what hashes records and switches over types is generated when a
    // JVM
    // first comes by, which costs the start of brig several milliseconds.
    Set<String> marked = new HashSet<>();
    for (Step step : steps) {
      if (step.op() instanceof Op.Mark mark && !marked.add(mark.label().name())) {
        throw new IllegalArgumentException("label marked twice: " + mark.label().name());
      }
    }
    for (Step step : steps) {
      Op op = step.op();
      if (op instanceof Op.Jump jump) {
        requireMarked(marked, jump.label());
      } else if (op instanceof Op.Branch branch) {
        requireMarked(marked, branch.label());
      } else if (op instanceof Op.Guard guard) {
        requireMarked(marked, guard.handler());
      } else if (op instanceof Op.Call call && call.onError() instanceof OnError.Divert divert) {
        requireMarked(marked, divert.label());
      }
    }
  }

  /// Returns the steps that are system calls, in order: number N of a message is element N - 1.
  public List<Step> calls() {
    List<Step> calls = new ArrayList<>(steps.size());
    for (Step step : steps) {
      if (step.op() instanceof Op.Call) {
        calls.add(step);
      }
    }
    return List.copyOf(calls);
  }

  private static void requireMarked(Set<String> marked, Label label) {
    if (!marked.contains(label.name())) {
      throw new IllegalArgumentException("label not marked: " + label.name());
    }
  }
}
