package dev.brig.cli.compare.statistics;

import java.util.OptionalDouble;

/// What a list of values comes to.
///
/// @param count how many there are
/// @param min the smallest
/// @param median the middle one
/// @param p95 what 95 % are below; none for fewer than [#COUNT_FOR_P95]
/// @param deviation the median distance from the median
/// @param interval where the median lies with a confidence of 95 %
public record Summary(
    int count, double min, double median, OptionalDouble p95, double deviation, Interval interval) {
  /// How many values it takes to say something of the slowest twentieth.
  public static final int COUNT_FOR_P95 = 20;

  /// Sums up.
  ///
  /// @param values at least one
  /// @param seed which chance the interval comes of
  public static Summary of(double[] values, long seed) {
    return new Summary(
        values.length,
        Order.quantile(values, 0),
        Order.median(values),
        values.length >= COUNT_FOR_P95
            ? OptionalDouble.of(Order.quantile(values, 0.95))
            : OptionalDouble.empty(),
        Order.medianDeviation(values),
        Bootstrap.median(values, seed));
  }
}
