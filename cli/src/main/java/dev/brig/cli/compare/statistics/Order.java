package dev.brig.cli.compare.statistics;

import java.util.Arrays;

/// What the order of numbers says: robust, since no number is left out however far off it is.
public final class Order {
  private Order() {}

  /// Returns the median.
  ///
  /// @param values at least one, in any order
  public static double median(double[] values) {
    return quantile(values, 0.5);
  }

  /// Returns the number below which a share of the values lies, linear between neighbours (type 7
  /// of Hyndman and Fan, as R and numpy have it).
  ///
  /// @param values at least one, in any order
  /// @param share from 0 to 1
  public static double quantile(double[] values, double share) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sortedQuantile(sorted, share);
  }

  static double sortedQuantile(double[] sorted, double share) {
    if (sorted.length == 0) {
      throw new IllegalArgumentException("no values");
    }
    double place = share * (sorted.length - 1);
    int below = (int) Math.floor(place);
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }

  /// Returns the median of the distances from the median.
  ///
  /// @param values at least one
  public static double medianDeviation(double[] values) {
    double median = median(values);
    double[] distances = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      distances[i] = Math.abs(values[i] - median);
    }
    return median(distances);
  }
}
