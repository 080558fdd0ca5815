package dev.brig.cli.compare.result;

import dev.brig.cli.compare.statistics.Interval;
import dev.brig.cli.compare.statistics.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A figure that two comparisons both have.
///
/// The medians are held against each other by their intervals, widened by what the control of
/// either was off: machines have good and bad days.
///
/// @param before in the older comparison
/// @param after in the newer one
/// @param ratio the newer median to the older
public record Difference(Cell before, Cell after, double ratio) {

  /// Returns what two comparisons both have, by metric and then by arm.
  public static List<Difference> between(Analysis older, Analysis newer) {
    List<Difference> differences = new ArrayList<>();
    for (Cell cell : newer.cells()) {
      Optional<Cell> before = older.cell(cell.arm(), cell.metric());
      if (before.isPresent() && before.get().summary().median() > 0) {
        double ratio = cell.summary().median() / before.get().summary().median();
        differences.add(new Difference(before.get(), cell, ratio));
      }
    }
    return List.copyOf(differences);
  }

  /// Tells whether the figures differ beyond noise, in themselves and beside their own references.
  ///
  /// A machine that is slower as a whole has changed nothing in its containers.
  public boolean isChange() {
    double noise = Math.max(before.noise(), after.noise());
    boolean absolute = apart(before.summary().interval(), after.summary().interval(), noise);
    boolean alone = after.verdict() == Verdict.REFERENCE || after.verdict() == Verdict.ALONE;
    return absolute && (alone || apart(before.interval(), after.interval(), noise));
  }

  private static boolean apart(Interval one, Interval other, double noise) {
    return one.low() > other.high() * (1 + noise) || other.low() > one.high() * (1 + noise);
  }
}
