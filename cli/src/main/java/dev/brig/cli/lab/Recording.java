package dev.brig.cli.lab;

/// Turns what came of a step into a line of a report.
final class Recording {
  private static final long MILLIS = 1000;

  private Recording() {}

  /// Returns the report with the outcome.
  ///
  /// @param step the step's number, from 0
  /// @param nonce the secret that was planted
  static Report add(Report report, Lab lab, int step, String nonce, Outcome outcome) {
    Entry entry =
        new Entry(
            lab.id(),
            lab.digest(),
            step + 1,
            outcome.verdict().text(),
            nonce,
            lab.steps().get(step).answer().replace(LabFile.NONCE, nonce),
            outcome.answer(),
            LabFile.digest(outcome.seen().output()),
            System.currentTimeMillis() / MILLIS,
            report.head(),
            "");
    return report.with(entry.sealed());
  }
}
