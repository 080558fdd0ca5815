package dev.brig.cli.compare.statistics;

import java.util.Arrays;

/// How much more each further one costs: the slope of Theil and Sen, the median of the slopes
/// between all pairs of points.
///
/// @param median the slope
/// @param middle where 95 % of the slopes between pairs lie
/// @see <a href="https://doi.org/10.1080/01621459.1968.10480934">Sen: Estimates of the regression
///   coefficient based on Kendall's tau, 1968</a>
public record Slope(double median, Interval middle) {

  /// Returns the slope of points.
  ///
  /// @param x where they are, not all at the same place
  /// @param y how high they are
  public static Slope of(double[] x, double[] y) {
    double[] slopes = new double[x.length * x.length];
    int count = 0;
    for (int i = 0; i < x.length; i++) {
      for (int j = 0; j < i; j++) {
        if (x[i] != x[j]) {
          slopes[count++] = (y[i] - y[j]) / (x[i] - x[j]);
        }
      }
    }
    double[] all = Arrays.copyOf(slopes, count);
    return new Slope(
        Order.median(all), new Interval(Order.quantile(all, 0.025), Order.quantile(all, 0.975)));
  }
}
