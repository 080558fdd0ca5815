package dev.brig.cli.compare.report;

import dev.brig.cli.compare.result.Analysis;
import dev.brig.cli.compare.result.Cell;
import dev.brig.cli.compare.result.Comparison;
import dev.brig.cli.compare.result.Comparison.Arm;
import dev.brig.cli.compare.result.Comparison.Point;
import dev.brig.cli.compare.result.Comparison.Sample;
import dev.brig.cli.compare.result.Metric;
import dev.brig.cli.compare.statistics.Interval;
import java.awt.BasicStroke;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jfree.chart.plot.IntervalMarker;
import org.jfree.chart.plot.ValueMarker;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYErrorRenderer;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.chart.ui.Layer;
import org.jfree.data.xy.XYIntervalSeries;
import org.jfree.data.xy.XYIntervalSeriesCollection;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;

/// The charts of a comparison, drawn by JFreeChart.
final class Charts {
  private static final int ROW_HEIGHT = 26;
  private static final int FRAME_HEIGHT = 56;
  private static final int WIDE = 860;
  private static final int NARROW = 420;
  private static final int LINES_HEIGHT = 340;
  private static final int FAINT = 90;
  private static final double DOT = 5;
  private static final double MARK = 9;
  private static final BasicStroke DASHED =
      new BasicStroke(2, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER, 10, new float[] {5, 4}, 0);

  private final Analysis analysis;
  private final List<Arm> arms = new ArrayList<>();

  Charts(Analysis analysis) {
    this.analysis = analysis;
    for (Arm arm : analysis.comparison().arms()) {
      if (arm.isAvailable()) {
        arms.add(arm);
      }
    }
  }

  /// Returns the arms that charts show, in their order.
  List<Arm> arms() {
    return arms;
  }

  /// Returns a row for each arm with every sample, the median and its interval.
  String values(Metric metric, String title, int width) {
    XYSeriesCollection dots = new XYSeriesCollection();
    XYIntervalSeriesCollection medians = new XYIntervalSeriesCollection();
    StringBuilder words = new StringBuilder();
    for (int place = 0; place < arms.size(); place++) {
      Arm arm = arms.get(place);
      XYSeries series = new XYSeries(arm.id());
      for (Sample sample : analysis.comparison().samples()) {
        if (sample.arm().equals(arm.id()) && sample.metric() == metric && !sample.warmup()) {
          series.add(sample.value(), place);
        }
      }
      dots.addSeries(series);
      Optional<Cell> cell = analysis.cell(arm.id(), metric);
      XYIntervalSeries median = new XYIntervalSeries(arm.id());
      if (cell.isPresent()) {
        Interval interval = cell.get().summary().interval();
        add(median, cell.get().summary().median(), interval, place);
        words.append(words.isEmpty() ? "" : ", ").append(name(arm)).append(' ');
        words.append(Figures.three(cell.get().summary().median())).append(' ');
        words.append(metric.unit());
      }
      medians.addSeries(median);
    }
    XYPlot plot = rows(dots, medians, metric.words() + ", " + metric.unit());
    return svg(plot, title, words.toString(), width, height());
  }

  /// Returns a row for each arm with the ratio to bare and the noise of the control behind.
  String ratios(Metric metric) {
    XYIntervalSeriesCollection medians = new XYIntervalSeriesCollection();
    StringBuilder words = new StringBuilder();
    double noise = 0;
    for (int place = 0; place < arms.size(); place++) {
      Arm arm = arms.get(place);
      XYIntervalSeries median = new XYIntervalSeries(arm.id());
      Optional<Cell> cell = analysis.cell(arm.id(), metric);
      if (cell.isPresent() && cell.get().interval().low() > 0) {
        add(median, cell.get().ratio(), cell.get().interval(), place);
        noise = cell.get().noise();
        words.append(words.isEmpty() ? "" : ", ").append(name(arm)).append(' ');
        words.append(Figures.ratio(cell.get().ratio()));
      }
      medians.addSeries(median);
    }
    XYPlot plot = rows(new XYSeriesCollection(), medians, "times bare");
    double low = Math.max(1 - noise, 0.01);
    plot.addDomainMarker(new IntervalMarker(low, 1 + noise, Palette.BAND), Layer.BACKGROUND);
    plot.addDomainMarker(new ValueMarker(1, Palette.MUTED, new BasicStroke(1)), Layer.BACKGROUND);
    String title = metric.words() + " (" + metric.id() + ")";
    return svg(plot, title, words.toString(), NARROW, height());
  }

  private static String name(Arm arm) {
    return arm.caveat().isEmpty() ? arm.id() : arm.id() + " (" + arm.caveat() + ")";
  }

  private static void add(XYIntervalSeries series, double x, Interval interval, int place) {
    series.add(x, interval.low(), interval.high(), place, place, place);
  }

  private XYPlot rows(XYSeriesCollection dots, XYIntervalSeriesCollection medians, String label) {
    XYPlot plot = new XYPlot(medians, Axes.values(label, dots, medians), Axes.arms(arms), null);
    XYErrorRenderer marks = new XYErrorRenderer();
    marks.setDrawYError(false);
    marks.setErrorStroke(new BasicStroke(2));
    XYLineAndShapeRenderer small =
        new XYLineAndShapeRenderer(/* lines= */ false, /* shapes= */ true);
    for (int place = 0; place < arms.size(); place++) {
      marks.setSeriesPaint(place, Palette.arm(place));
      marks.setSeriesShape(place, new Rectangle2D.Double(-MARK / 2, -MARK / 2, MARK, MARK));
      small.setSeriesPaint(place, SvgGraphics.faint(Palette.arm(place), FAINT));
      small.setSeriesShape(place, new Ellipse2D.Double(-DOT / 2, -DOT / 2, DOT, DOT));
      if (!arms.get(place).caveat().isEmpty()) {
        marks.addAnnotation(new Hatching(place), Layer.BACKGROUND);
      }
    }
    plot.setRenderer(0, marks);
    plot.setDataset(1, dots);
    plot.setRenderer(1, small);
    Axes.style(plot);
    return plot;
  }

  private int height() {
    return FRAME_HEIGHT + ROW_HEIGHT * arms.size();
  }

  /// Returns memory by the number of instances, a line for each arm.
  String memory() {
    XYSeriesCollection lines = new XYSeriesCollection();
    StringBuilder words = new StringBuilder();
    XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer();
    for (int place = 0; place < arms.size(); place++) {
      Arm arm = arms.get(place);
      XYSeries series = new XYSeries(arm.id());
      for (Point point : analysis.points(arm.id())) {
        series.add(point.instances(), Math.max(point.bytes(), 1) / Metric.MEMORY.scale());
      }
      lines.addSeries(series);
      renderer.setSeriesPaint(place, Palette.arm(place));
      renderer.setSeriesStroke(place, arm.caveat().isEmpty() ? new BasicStroke(2) : DASHED);
      renderer.setSeriesShape(place, Shapes.of(place, MARK));
      Optional<Cell> cell = analysis.cell(arm.id(), Metric.MEMORY);
      if (cell.isPresent()) {
        words.append(words.isEmpty() ? "" : ", ").append(name(arm)).append(' ');
        words.append(Figures.three(cell.get().summary().median())).append(" MB each");
      }
    }
    XYPlot plot = new XYPlot(lines, Axes.count("idle instances"), Axes.memory(lines), renderer);
    Axes.style(plot);
    String title = "memory by the number of idle instances";
    return svg(plot, title, words.toString(), WIDE, LINES_HEIGHT);
  }

  /// Returns the wide form of [#values].
  String ladder() {
    return values(Metric.START, "start latency: every round, medians with intervals", WIDE);
  }

  /// Returns how much slower each arm's instance is beside busy neighbours.
  String neighbours() {
    return values(Metric.NEIGHBOUR, "arithmetic beside busy neighbours, times alone", WIDE);
  }

  /// Returns whether some arm has figures of a metric.
  boolean has(Metric metric) {
    return analysis.cell(Comparison.REFERENCE, metric).isPresent();
  }

  static String svg(XYPlot plot, String title, String words, int width, int height) {
    StringBuilder out = new StringBuilder();
    out.append("<svg role=\"img\" viewBox=\"0 0 ").append(width).append(' ').append(height);
    out.append("\" width=\"").append(width).append("\" height=\"").append(height).append("\">");
    out.append("<title>").append(Html.escaped(title + ": " + words)).append("</title>\n");
    SvgGraphics graphics = new SvgGraphics(out);
    plot.draw(graphics, new Rectangle2D.Double(0, 0, width, height), null, null, null);
    return out.append("</svg>\n").toString();
  }
}
