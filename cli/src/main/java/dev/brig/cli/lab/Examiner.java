package dev.brig.cli.lab;

import dev.brig.cli.command.Context;
import dev.brig.cli.lab.Expectation.Observation;
import dev.brig.cli.lab.Outcome.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Proves the claims of steps: each with a control, in which it must not hold.
final class Examiner {
  /// Runs the control in place of the claim, which must be noticed: for tests of labs.
  static final String FALSIFY = "BRIG_LAB_FALSIFY";

  private static final String ANSWER = "ANSWER";
  private static final String LACKS = "LACKS";

  private final Context context;
  private final Needs needs;

  Examiner(Context context) {
    this.context = context;
    this.needs = new Needs(context);
  }

  /// Proves a claim, and answers its question as its script does.
  ///
  /// @param nonce the secret
  Outcome prove(Lab lab, Lab.Step step, String nonce) {
    return prove(lab, step, nonce, Optional.empty());
  }

  /// Proves a claim.
  ///
  /// @param given the student's answer, or empty for the one that the script finds, on a line
  ///   `ANSWER=...`
  Outcome prove(Lab lab, Lab.Step step, String nonce, Optional<String> given) {
    String missing = needs.missing(lab);
    if (!missing.isEmpty()) {
      List<String> why = List.of("this machine lacks " + missing);
      return new Outcome(Verdict.IMPOSSIBLE, why, Outcome.NOTHING, Outcome.NOTHING, "");
    }
    boolean falsified = context.environment().containsKey(FALSIFY) && !step.control().isEmpty();
    Capsule capsule = new Capsule(context, lab, nonce);
    String run = given.isEmpty() ? step.run() + "\n" + step.solve() : step.run();
    Observation seen = capsule.run(falsified ? step.control() : run);
    String lacks = seen.value(LACKS).orElse("");
    if (!lacks.isEmpty()) {
      List<String> why = List.of("this machine lacks " + lacks);
      return new Outcome(Verdict.IMPOSSIBLE, why, seen, Outcome.NOTHING, "");
    }
    List<String> why = unmet(step.expects(), seen, nonce);
    String answer = given.orElse(seen.value(ANSWER).orElse(""));
    if (!step.answer().isEmpty() && !answer.equals(step.answer().replace(LabFile.NONCE, nonce))) {
      why.add("\"" + answer + "\" is not the answer to: " + step.ask());
    }
    if (!why.isEmpty() || step.control().isEmpty()) {
      Verdict verdict = why.isEmpty() ? Verdict.PASSED : Verdict.FAILED;
      return new Outcome(verdict, why, seen, Outcome.NOTHING, answer);
    }
    Observation control = capsule.run(step.control());
    List<String> differs = unmet(step.controlExpects(), control, nonce);
    return differs.isEmpty()
        ? new Outcome(Verdict.PASSED, why, seen, control, answer)
        : new Outcome(Verdict.INCONCLUSIVE, inControl(differs), seen, control, answer);
  }

  private static List<String> unmet(
      List<Expectation> expectations, Observation seen, String nonce) {
    List<String> unmet = new ArrayList<>();
    for (Expectation expectation : expectations) {
      if (!expectation.holds(seen, nonce)) {
        unmet.add("expected: " + expectation.text());
      }
    }
    return unmet;
  }

  private static List<String> inControl(List<String> differs) {
    List<String> why = new ArrayList<>();
    why.add("the control shows no difference on this kernel");
    for (String each : differs) {
      why.add("in the control " + each);
    }
    return why;
  }
}
