package dev.brig.cli.compare;

import dev.brig.cli.compare.result.Metric;
import dev.brig.cli.compare.statistics.Order;
import java.util.OptionalDouble;

/// What an arm gives in one round: a run that measures from within, and where starts are short,
/// more starts, of which the median counts. The first of them comes after another arm, the others
/// after itself.
///
/// @param run the run with all measurements
/// @param startNanos the median of the starts
/// @param stopNanos the median of the ends
record Turn(Run run, double startNanos, double stopNanos) {
  private static final int STARTS = 5;
  private static final long STARTS_NANOS = 150_000_000L;

  /// Runs an arm.
  ///
  /// @param letters what is measured from within
  static Turn of(Runner runner, Rung rung, String letters) {
    Run run = runner.run(rung, letters);
    long once = run.startNanos() + run.stopNanos();
    int count = (int) Math.max(1, Math.min(STARTS, STARTS_NANOS / Math.max(1, once)));
    double[] starts = new double[count];
    double[] stops = new double[count];
    starts[0] = run.startNanos();
    stops[0] = run.stopNanos();
    for (int i = 1; i < count; i++) {
      Run next = runner.run(rung, "hz");
      starts[i] = next.startNanos();
      stops[i] = next.stopNanos();
    }
    return new Turn(run, Order.median(starts), Order.median(stops));
  }

  /// Returns what it says of a metric, in the metric's unit.
  OptionalDouble value(Metric metric) {
    if (metric == Metric.START) {
      return OptionalDouble.of(startNanos / metric.scale());
    }
    return metric == Metric.STOP
        ? OptionalDouble.of(stopNanos / metric.scale())
        : run.value(metric);
  }
}
