package dev.brig.cli.compare.report;

import dev.brig.cli.compare.result.Comparison.Stage;
import java.awt.BasicStroke;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYErrorRenderer;
import org.jfree.data.xy.XYIntervalSeries;
import org.jfree.data.xy.XYIntervalSeriesCollection;

/// Draws what starts are made of: a row for each of the longest steps, from its beginning to its
/// end, and one for all others together.
final class Waterfall {
  private static final int STEPS = 14;
  private static final int ROW_HEIGHT = 22;
  private static final int FRAME_HEIGHT = 56;
  private static final int WIDTH = 860;
  private static final int NAME_MAX = 44;
  private static final float BAR = 11;

  private final List<Stage> stages;

  Waterfall(List<Stage> stages) {
    this.stages = stages;
  }

  /// Returns the arms that there are stages of.
  Set<String> arms() {
    Set<String> arms = new LinkedHashSet<>();
    for (Stage stage : stages) {
      arms.add(stage.arm());
    }
    return arms;
  }

  /// Returns the picture of an arm.
  String chart(String arm) {
    List<Stage> all = new ArrayList<>(stages);
    all.removeIf(stage -> !stage.arm().equals(arm));
    List<Stage> longest = new ArrayList<>(all);
    longest.sort(Comparator.comparingLong(Waterfall::micros).reversed());
    longest = longest.subList(0, Math.min(STEPS, longest.size()));
    long others = 0;
    long last = 0;
    List<String> names = new ArrayList<>();
    XYIntervalSeriesCollection bars = new XYIntervalSeriesCollection();
    StringBuilder words = new StringBuilder();
    for (Stage stage : all) {
      last = Math.max(last, stage.endMicros());
      if (!longest.contains(stage)) {
        others += micros(stage);
        continue;
      }
      bars.addSeries(bar(names.size(), (double) stage.beginMicros(), (double) stage.endMicros()));
      String name = name(stage);
      words.append(words.isEmpty() ? "" : ", ").append(name).append(' ');
      words.append(micros(stage)).append(" µs");
      names.add(name);
    }
    if (all.size() > longest.size()) {
      bars.addSeries(bar(names.size(), 0, (double) others));
      names.add(all.size() - longest.size() + " shorter ones, together");
      words.append(", all others ").append(others).append(" µs");
    }
    XYErrorRenderer renderer = new XYErrorRenderer();
    renderer.setDrawYError(false);
    renderer.setCapLength(0);
    renderer.setErrorStroke(new BasicStroke(BAR, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER));
    for (int row = 0; row < names.size(); row++) {
      renderer.setSeriesPaint(row, row < longest.size() ? Palette.arm(3) : Palette.MUTED);
      renderer.setSeriesShapesVisible(row, /* visible= */ false);
    }
    XYPlot plot =
        new XYPlot(
            bars,
            Axes.times("µs from the start of the program", (double) last),
            Axes.rows(names),
            renderer);
    Axes.style(plot);
    int height = FRAME_HEIGHT + ROW_HEIGHT * names.size();
    return Charts.svg(plot, "steps of a start, " + arm, words.toString(), WIDTH, height);
  }

  private static XYIntervalSeries bar(int row, double begin, double end) {
    XYIntervalSeries series = new XYIntervalSeries(row);
    series.add(begin, begin, end, row, row, row);
    return series;
  }

  private static long micros(Stage stage) {
    return stage.endMicros() - stage.beginMicros();
  }

  private static String name(Stage stage) {
    String name = stage.process() + ": " + stage.call();
    return name.length() > NAME_MAX ? name.substring(0, NAME_MAX) + "…" : name;
  }
}
