package dev.brig.cli.compare.report;

import dev.brig.cli.compare.result.Comparison.Arm;
import java.awt.BasicStroke;
import java.util.ArrayList;
import java.util.List;
import org.jfree.chart.axis.Axis;
import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.axis.SymbolAxis;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.ui.RectangleInsets;
import org.jfree.data.xy.XYIntervalSeriesCollection;
import org.jfree.data.xy.XYSeriesCollection;

/// The axes of charts, and what all charts look like.
final class Axes {
  private static final ChartFont LABEL = new ChartFont(12);
  private static final ChartFont TICK = new ChartFont(11);

  /// Up to which ratio of the largest to the smallest an axis is linear.
  private static final double LINEAR_MAX = 8;

  private Axes() {}

  /// Returns an axis for values: linear for what is close together, else logarithmic by decades.
  static ValueAxis values(
      String label, XYSeriesCollection dots, XYIntervalSeriesCollection medians) {
    double low = Double.MAX_VALUE;
    double high = 0;
    for (int series = 0; series < medians.getSeriesCount(); series++) {
      for (int item = 0; item < medians.getItemCount(series); item++) {
        low = Math.min(low, medians.getStartXValue(series, item));
        high = Math.max(high, medians.getEndXValue(series, item));
      }
    }
    for (int series = 0; series < dots.getSeriesCount(); series++) {
      for (int item = 0; item < dots.getItemCount(series); item++) {
        low = Math.min(low, dots.getXValue(series, item));
        high = Math.max(high, dots.getXValue(series, item));
      }
    }
    return of(label, low, high);
  }

  private static ValueAxis of(String label, double low, double high) {
    if (low > high) {
      return new NumberAxis(label);
    }
    if (low <= 0 || high / low <= LINEAR_MAX) {
      NumberAxis axis = new NumberAxis(label);
      axis.setNumberFormatOverride(new Decades());
      double margin = Math.max(0.02 * high, 0.08 * (high - low));
      axis.setRange(Math.max(0, low - margin), high + margin);
      return axis;
    }
    LogAxis axis = new LogAxis(label);
    axis.setBase(10);
    axis.setTickUnit(new NumberTickUnit(1));
    axis.setNumberFormatOverride(new Decades());
    double first = Math.floor(Math.log10(low * 0.98));
    double last = Math.ceil(Math.log10(high * 1.02));
    axis.setRange(Math.pow(10, first), Math.pow(10, last));
    return axis;
  }

  /// Returns an axis with a row for each arm, the first on top.
  static ValueAxis arms(List<Arm> arms) {
    List<String> names = new ArrayList<>();
    for (Arm arm : arms) {
      names.add(arm.id());
    }
    return rows(names);
  }

  /// Returns an axis with a row for each name, the first on top.
  static ValueAxis rows(List<String> rows) {
    String[] names = rows.toArray(new String[0]);
    SymbolAxis axis = new SymbolAxis("", names);
    axis.setInverted(true);
    axis.setGridBandsVisible(false);
    axis.setRange(-0.5, names.length - 0.5);
    return axis;
  }

  /// Returns an axis for a number of things.
  static NumberAxis count(String label) {
    NumberAxis axis = new NumberAxis(label);
    axis.setTickUnit(new NumberTickUnit(1));
    axis.setAutoRangeIncludesZero(false);
    return axis;
  }

  /// Returns an axis for times from zero on.
  static ValueAxis times(String label, double last) {
    NumberAxis axis = new NumberAxis(label);
    axis.setNumberFormatOverride(new Decades());
    axis.setRange(0, Math.max(1, last) * 1.02);
    return axis;
  }

  /// Returns an axis for memory.
  static ValueAxis memory(XYSeriesCollection lines) {
    double low = Double.MAX_VALUE;
    double high = 0;
    for (int series = 0; series < lines.getSeriesCount(); series++) {
      for (int item = 0; item < lines.getItemCount(series); item++) {
        low = Math.min(low, lines.getYValue(series, item));
        high = Math.max(high, lines.getYValue(series, item));
      }
    }
    return of("MB", low, high);
  }

  /// Dresses a plot.
  static void style(XYPlot plot) {
    plot.setBackgroundPaint(null);
    plot.setOutlineVisible(false);
    plot.setInsets(new RectangleInsets(6, 6, 6, 14));
    plot.setDomainGridlinePaint(Palette.GRID);
    plot.setRangeGridlinePaint(Palette.GRID);
    plot.setDomainGridlineStroke(new BasicStroke(1));
    plot.setRangeGridlineStroke(new BasicStroke(1));
    style(plot.getDomainAxis());
    style(plot.getRangeAxis());
  }

  private static void style(Axis axis) {
    axis.setLabelFont(LABEL);
    axis.setTickLabelFont(TICK);
    axis.setLabelPaint(Palette.INK);
    axis.setTickLabelPaint(Palette.INK);
    axis.setAxisLinePaint(Palette.MUTED);
    axis.setTickMarkPaint(Palette.MUTED);
    axis.setTickLabelInsets(new RectangleInsets(2, 6, 2, 6));
  }
}
