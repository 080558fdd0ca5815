package dev.brig.cli.lab;

import java.util.List;

/// A lesson: what it is about, and steps that claim something and prove it.
///
/// @param id its name, a number for brig's own
/// @param title one line
/// @param pack the course that it belongs to
/// @param needs what the machine must have, in the words of [Needs]
/// @param about an introduction
/// @param capsule further options of `brig run` for the capsule, a word each
/// @param steps the steps, at least one
/// @param digest the SHA-256 of the text that it was read from, in hexadecimal
public record Lab(
    String id,
    String title,
    String pack,
    List<String> needs,
    String about,
    List<String> capsule,
    List<Step> steps,
    String digest) {
  /// Copies the lists.
  public Lab {
    needs = List.copyOf(needs);
    capsule = List.copyOf(capsule);
    steps = List.copyOf(steps);
  }

  /// A step.
  ///
  /// @param claim what is so, a sentence
  /// @param run the script that shows it
  /// @param expects what must be seen then
  /// @param contrast what differs in the negative control, a few words
  /// @param control the script in which the claim must not hold, or empty
  /// @param controlExpects what must be seen there
  /// @param ask the question, or empty
  /// @param answer what answers it; `$NONCE` stands for this student's secret
  /// @param solve a script that goes on where `run` ends, when nobody is there to answer, and
  ///   writes a line `ANSWER=...`
  /// @param calls a script that shows the system calls behind it, or empty
  /// @param hint what helps
  /// @param explain why it is so
  public record Step(
      String claim,
      String run,
      List<Expectation> expects,
      String contrast,
      String control,
      List<Expectation> controlExpects,
      String ask,
      String answer,
      String solve,
      String calls,
      String hint,
      String explain) {
    /// Copies the lists.
    public Step {
      expects = List.copyOf(expects);
      controlExpects = List.copyOf(controlExpects);
    }
  }
}
