package dev.brig.cli.lab;

/// A line of a report: what came of a step, chained to the line before it.
///
/// @param lab the lab's name
/// @param labDigest the SHA-256 of the lab's text
/// @param step the step's number, from 1
/// @param verdict what came of it
/// @param nonce the secret that was planted
/// @param expected the answer that was wanted, with the secret in its place; empty if there was no
///   question
/// @param answer the answer that was given
/// @param seen the SHA-256 of what the script wrote
/// @param timeSeconds when, in seconds since 1970
/// @param previous the hash of the line before, or of the student's name and the kernel
/// @param hash the hash of all that
record Entry(
    String lab,
    String labDigest,
    int step,
    String verdict,
    String nonce,
    String expected,
    String answer,
    String seen,
    long timeSeconds,
    String previous,
    String hash) {

  /// Returns the line with the hash that it has to have.
  Entry sealed() {
    return new Entry(
        lab,
        labDigest,
        step,
        verdict,
        nonce,
        expected,
        answer,
        seen,
        timeSeconds,
        previous,
        seal());
  }

  /// Returns the hash that the line has to have: of each field's length and text.
  String seal() {
    String[] fields = {
      lab,
      labDigest,
      Integer.toString(step),
      verdict,
      nonce,
      expected,
      answer,
      seen,
      Long.toString(timeSeconds),
      previous
    };
    StringBuilder all = new StringBuilder();
    for (String field : fields) {
      all.append(field.length()).append(':').append(field);
    }
    return LabFile.digest(all.toString());
  }

  /// Tells whether an answer that was taken for right is.
  boolean isConsistent() {
    boolean passed = verdict.equals(Outcome.Verdict.PASSED.text());
    return !passed || expected.isEmpty() || answer.equals(expected);
  }
}
