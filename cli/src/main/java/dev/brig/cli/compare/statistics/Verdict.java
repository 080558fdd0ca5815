package dev.brig.cli.compare.statistics;

/// What can be said of an arm beside the first, in one metric.
public enum Verdict {
  /// It is the first.
  REFERENCE,
  /// It differs by no more than the first differs from itself.
  SAME,
  /// It is more.
  MORE,
  /// It is less.
  LESS,
  /// The rounds disagree too much to say anything.
  UNSTABLE,
  /// There are too few rounds to say anything.
  TOO_FEW,
  /// The first has nothing of the kind.
  ALONE;

  /// How many rounds it takes.
  public static final int COUNT_MIN = 5;

  /// How wide an interval may be, the upper end to the lower, and still say "the same".
  private static final double WIDTH_MAX = 1.5;

  /// Judges a ratio to the first arm.
  ///
  /// @param count from how many rounds it is
  /// @param ratio where it lies with a confidence of 95 %
  /// @param noise how far the first arm's control may be off, as a share: 0.03
  public static Verdict of(int count, Interval ratio, double noise) {
    if (count < COUNT_MIN) {
      return TOO_FEW;
    }
    if (ratio.low() > 1 + noise) {
      return MORE;
    }
    if (ratio.high() < 1 - noise) {
      return LESS;
    }
    return ratio.low() <= 0 || ratio.high() / ratio.low() > WIDTH_MAX ? UNSTABLE : SAME;
  }
}
