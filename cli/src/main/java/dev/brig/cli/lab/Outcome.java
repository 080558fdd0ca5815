package dev.brig.cli.lab;

import dev.brig.cli.lab.Expectation.Observation;
import java.util.List;

/// What came of a step.
///
/// @param verdict whether the claim was proved
/// @param why what was not as expected, or empty
/// @param seen what its script did; nothing if it did not run
/// @param control what the negative control did; nothing if there is none
/// @param answer what was answered
record Outcome(
    Verdict verdict, List<String> why, Observation seen, Observation control, String answer) {
  /// What a script that did not run has done.
  static final Observation NOTHING = new Observation(0, "");

  /// Copies the list.
  Outcome {
    why = List.copyOf(why);
  }

  /// Whether a claim was proved.
  enum Verdict {
    /// It was, and does not hold in the control.
    PASSED("passed"),
    /// Something else was seen, or the answer is wrong.
    FAILED("failed"),
    /// It was, but in the control nothing differs: on this kernel it says nothing.
    INCONCLUSIVE("inconclusive"),
    /// The machine lacks something.
    IMPOSSIBLE("impossible");

    private final String text;

    Verdict(String text) {
      this.text = text;
    }

    /// Returns the word for it.
    String text() {
      return text;
    }
  }
}
