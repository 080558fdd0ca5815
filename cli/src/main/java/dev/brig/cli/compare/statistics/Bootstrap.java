package dev.brig.cli.compare.statistics;

import java.util.Arrays;

/// The percentile bootstrap: how far a median could be off, found by drawing the values anew.
///
/// @see <a href="https://doi.org/10.1201/9780429246593">Efron, Tibshirani: An Introduction to the
///   Bootstrap, chapter 13</a>
public final class Bootstrap {
  /// How often the values are drawn.
  public static final int RESAMPLES = 2000;

  private static final double TAIL = 0.025;

  private Bootstrap() {}

  /// Returns the interval that holds the median with a confidence of 95 %.
  ///
  /// @param values at least one
  /// @param seed which chance
  public static Interval median(double[] values, long seed) {
    Draws draws = new Draws(seed, values.length);
    double[] medians = new double[RESAMPLES];
    double[] drawn = new double[values.length];
    for (int i = 0; i < RESAMPLES; i++) {
      for (int j = 0; j < drawn.length; j++) {
        drawn[j] = values[draws.below(values.length)];
      }
      Arrays.sort(drawn);
      medians[i] = Order.sortedQuantile(drawn, 0.5);
    }
    Arrays.sort(medians);
    return new Interval(
        Order.sortedQuantile(medians, TAIL), Order.sortedQuantile(medians, 1 - TAIL));
  }
}
