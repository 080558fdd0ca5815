package dev.brig.cli.compare.report;

import dev.brig.cli.compare.result.Cell;
import dev.brig.cli.compare.statistics.Interval;
import dev.brig.cli.compare.statistics.Verdict;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/// Numbers for people.
final class Figures {
  private Figures() {}

  /// Returns a number with three digits: `0.116`, `1.91`, `14500`.
  static String three(double value) {
    if (value == 0) {
      return "0";
    }
    BigDecimal rounded = new BigDecimal(value, new MathContext(3, RoundingMode.HALF_UP));
    int scale = Math.max(0, Math.min(3, rounded.scale()));
    return rounded.setScale(scale, RoundingMode.HALF_UP).toPlainString();
  }

  /// Returns an interval: `3.81–4.62`.
  static String range(Interval interval) {
    return three(interval.low()) + "–" + three(interval.high());
  }

  /// Returns a ratio: `0.98×`, `5.2×`, `210×`.
  static String ratio(double ratio) {
    String form = ratio < 1.995 ? "%.2f×" : ratio < 9.95 ? "%.1f×" : "%.0f×";
    return String.format(Locale.ROOT, form, ratio);
  }

  /// Returns what stands beside a figure: its ratio, `~` for one within noise, `?` for one that is
  /// not sure, nothing for the reference.
  static String beside(Cell cell) {
    return switch (cell.verdict()) {
      case REFERENCE, ALONE -> "";
      case SAME -> "~";
      case UNSTABLE, TOO_FEW -> "?";
      case MORE, LESS -> ratio(cell.ratio());
    };
  }

  /// Returns a verdict in words: `same within noise (±3.1 %)`, `5.2× [4.8–5.9]`.
  static String verdict(Cell cell) {
    return switch (cell.verdict()) {
      case REFERENCE -> "the reference";
      case ALONE -> "bare has none";
      case SAME -> "same within noise (±" + percent(bound(cell)) + ")";
      case MORE, LESS -> ratio(cell.ratio()) + " [" + range(cell.interval()) + "]";
      case UNSTABLE -> "unstable [" + range(cell.interval()) + "]";
      case TOO_FEW -> "fewer than " + Verdict.COUNT_MIN + " rounds";
    };
  }

  /// Returns how far a figure that is the same could be off, as a share.
  static double bound(Cell cell) {
    return Math.max(cell.noise(), cell.interval().distance(1));
  }

  /// Returns a share in percent: `3.1 %`.
  static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }
}
