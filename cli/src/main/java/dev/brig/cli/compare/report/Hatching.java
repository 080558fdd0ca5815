package dev.brig.cli.compare.report;

import java.awt.BasicStroke;
import java.awt.Graphics2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import org.jfree.chart.annotations.AbstractXYAnnotation;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.plot.PlotRenderingInfo;
import org.jfree.chart.plot.XYPlot;

/// Hatches the row of an arm whose figures come with a caveat.
final class Hatching extends AbstractXYAnnotation {
  private static final long serialVersionUID = 1;
  private static final double STEP = 9;
  private static final double HALF_ROW = 0.45;

  private final int place;

  /// @param place which row
  Hatching(int place) {
    this.place = place;
  }

  @Override
  public void draw(
      Graphics2D graphics,
      XYPlot plot,
      Rectangle2D area,
      ValueAxis domainAxis,
      ValueAxis rangeAxis,
      int rendererIndex,
      PlotRenderingInfo info) {
    double one = rangeAxis.valueToJava2D(place - HALF_ROW, area, plot.getRangeAxisEdge());
    double other = rangeAxis.valueToJava2D(place + HALF_ROW, area, plot.getRangeAxisEdge());
    double top = Math.min(one, other);
    double height = Math.abs(one - other);
    Path2D lines = new Path2D.Double();
    for (double x = area.getMinX(); x + height <= area.getMaxX(); x += STEP) {
      lines.moveTo(x, top + height);
      lines.lineTo(x + height, top);
    }
    graphics.setPaint(Palette.BAND);
    graphics.setStroke(new BasicStroke(1));
    graphics.draw(lines);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Hatching hatching && hatching.place == place && super.equals(other);
  }

  @Override
  public int hashCode() {
    return 31 * super.hashCode() + place;
  }
}
