package dev.brig.cli.compare.result;

import dev.brig.cli.compare.result.Comparison.Arm;
import dev.brig.cli.compare.result.Comparison.Point;
import dev.brig.cli.compare.result.Comparison.Sample;
import dev.brig.cli.compare.statistics.Bootstrap;
import dev.brig.cli.compare.statistics.Interval;
import dev.brig.cli.compare.statistics.Order;
import dev.brig.cli.compare.statistics.Slope;
import dev.brig.cli.compare.statistics.Summary;
import dev.brig.cli.compare.statistics.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;

/// What the samples of a comparison come to.
///
/// The value of a round is a median already, so that a round counts once however many batches it
/// had. Ratios are taken within a round: what slows the machine for a while slows both sides.
public final class Analysis {
  private static final double CONTROL_PERCENT_MAX = 5;
  private static final double PRESSURE_PERCENT_MAX = 20;
  private static final double STEAL_PERCENT_MAX = 2;
  private static final double CLOCK_PERCENT_MAX = 2;

  private final Comparison comparison;
  private final Map<String, Cell> cells = new LinkedHashMap<>();

  private Analysis(Comparison comparison) {
    this.comparison = comparison;
    for (Metric metric : comparison.metrics()) {
      if (metric == Metric.MEMORY) {
        memory();
      } else {
        rounds(metric);
      }
    }
  }

  /// Analyses a comparison.
  public static Analysis of(Comparison comparison) {
    return new Analysis(comparison);
  }

  /// Returns the comparison.
  public Comparison comparison() {
    return comparison;
  }

  /// Returns all that is known, by metric and then by arm.
  public List<Cell> cells() {
    return List.copyOf(cells.values());
  }

  /// Returns what is known of an arm in a metric.
  public Optional<Cell> cell(String arm, Metric metric) {
    return Optional.ofNullable(cells.get(key(arm, metric)));
  }

  private static String key(String arm, Metric metric) {
    return arm + " " + metric.id();
  }

  private Map<Integer, Double> values(String arm, Metric metric) {
    Map<Integer, Double> values = new TreeMap<>();
    for (Sample sample : comparison.samples()) {
      if (sample.metric() == metric && sample.arm().equals(arm) && !sample.warmup()) {
        values.put(sample.round(), sample.value());
      }
    }
    return values;
  }

  private void rounds(Metric metric) {
    Map<Integer, Double> reference = values(Comparison.REFERENCE, metric);
    double[] control = ratios(values(Comparison.CONTROL, metric), reference);
    double noise = control.length == 0 ? 0 : Bootstrap.median(control, seed(metric)).distance(1);
    for (Arm arm : comparison.arms()) {
      Map<Integer, Double> values = values(arm.id(), metric);
      if (values.isEmpty()) {
        continue;
      }
      double[] ratios = ratios(values, reference);
      Interval interval = new Interval(1, 1);
      double ratio = 1;
      if (ratios.length > 0) {
        ratio = Order.median(ratios);
        interval = Bootstrap.median(ratios, seed(metric));
      }
      put(
          new Cell(
              arm.id(),
              metric,
              Summary.of(array(values), seed(metric)),
              ratio,
              interval,
              noise,
              verdict(arm, reference, ratios.length, interval, noise)));
    }
  }

  private static Verdict verdict(
      Arm arm, Map<Integer, Double> reference, int count, Interval interval, double noise) {
    if (arm.id().equals(Comparison.REFERENCE)) {
      return Verdict.REFERENCE;
    }
    return reference.isEmpty() ? Verdict.ALONE : Verdict.of(count, interval, noise);
  }

  private void put(Cell cell) {
    cells.put(key(cell.arm(), cell.metric()), cell);
  }

  private long seed(Metric metric) {
    return comparison.seed() + metric.letter();
  }

  private static double[] array(Map<Integer, Double> values) {
    double[] array = new double[values.size()];
    int i = 0;
    for (double value : values.values()) {
      array[i++] = value;
    }
    return array;
  }

  private static double[] ratios(Map<Integer, Double> values, Map<Integer, Double> reference) {
    List<Double> ratios = new ArrayList<>();
    for (Map.Entry<Integer, Double> value : values.entrySet()) {
      double below = reference.getOrDefault(value.getKey(), 0.0);
      if (below > 0) {
        ratios.add(value.getValue() / below);
      }
    }
    double[] array = new double[ratios.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = ratios.get(i);
    }
    return array;
  }

  private void memory() {
    Map<String, Slope> slopes = new LinkedHashMap<>();
    for (Arm arm : comparison.arms()) {
      List<Point> points = points(arm.id());
      if (points.size() > 1) {
        double[] x = new double[points.size()];
        double[] y = new double[points.size()];
        for (int i = 0; i < x.length; i++) {
          x[i] = points.get(i).instances();
          y[i] = points.get(i).bytes() / Metric.MEMORY.scale();
        }
        slopes.put(arm.id(), Slope.of(x, y));
      }
    }
    Slope reference = slopes.get(Comparison.REFERENCE);
    Slope control = slopes.get(Comparison.CONTROL);
    boolean known = reference != null && reference.median() > 0;
    double below = known && reference != null ? reference.median() : 1;
    double noise = known && control != null ? Math.abs(control.median() / below - 1) : 0;
    for (Map.Entry<String, Slope> slope : slopes.entrySet()) {
      Slope value = slope.getValue();
      int count = points(slope.getKey()).size();
      Interval ratios =
          known
              ? new Interval(value.middle().low() / below, value.middle().high() / below)
              : new Interval(1, 1);
      put(
          new Cell(
              slope.getKey(),
              Metric.MEMORY,
              new Summary(
                  count,
                  value.middle().low(),
                  value.median(),
                  OptionalDouble.empty(),
                  0,
                  value.middle()),
              known ? value.median() / below : 1,
              ratios,
              noise,
              slope.getKey().equals(Comparison.REFERENCE)
                  ? Verdict.REFERENCE
                  : Verdict.of(count, ratios, noise)));
    }
  }

  /// Returns an arm's memory by the number of instances.
  public List<Point> points(String arm) {
    List<Point> points = new ArrayList<>();
    for (Point point : comparison.points()) {
      if (point.arm().equals(arm)) {
        points.add(point);
      }
    }
    return points;
  }

  /// Judges how quiet the machine was.
  public Quiet quiet() {
    List<String> reasons = new ArrayList<>();
    List<String> off = new ArrayList<>();
    List<Double> differences = new ArrayList<>();
    for (Metric metric : comparison.metrics()) {
      Cell cell = cells.get(key(Comparison.CONTROL, metric));
      if (cell != null && metric != Metric.MEMORY) {
        differences.add(100 * Math.abs(cell.ratio() - 1));
        Interval interval = cell.interval();
        boolean beyond =
            interval.low() > 1 + CONTROL_PERCENT_MAX / 100
                || interval.high() < 1 - CONTROL_PERCENT_MAX / 100;
        if (beyond) {
          off.add(metric.id());
        }
      }
    }
    double control = 0;
    if (!differences.isEmpty()) {
      control = Order.median(differences.stream().mapToDouble(Double::doubleValue).toArray());
    }
    if (control > CONTROL_PERCENT_MAX) {
      reasons.add("the control differs from the reference by " + percent(control));
    }
    if (!off.isEmpty()) {
      reasons.add("the control is off by more than 5 % in " + String.join(", ", off));
    }
    Comparison.Machine machine = comparison.machine();
    if (machine.pressurePercent() > PRESSURE_PERCENT_MAX) {
      reasons.add(
          "before the start something waited for a processor "
              + percent(machine.pressurePercent())
              + " of the time");
    }
    if (machine.stealPercent() > STEAL_PERCENT_MAX) {
      reasons.add("the hypervisor took " + percent(machine.stealPercent()) + " of the time");
    }
    if (machine.clockPercent() > CLOCK_PERCENT_MAX) {
      reasons.add("the clock inside differs from the host's by " + percent(machine.clockPercent()));
    }
    return new Quiet(reasons, control);
  }

  private static String percent(double value) {
    return String.format(Locale.ROOT, "%.1f %%", value);
  }
}
