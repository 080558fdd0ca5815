package dev.brig.cli.compare.report;

import java.awt.AlphaComposite;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.PathIterator;
import java.math.BigDecimal;
import java.math.RoundingMode;

/// Writes what is drawn as the elements of an SVG, with the colours as the page's own variables, so
/// that they change with the page.
final class SvgGraphics extends ShapeGraphics {
  private static final double OPAQUE = 255;

  private final StringBuilder out;

  /// @param out where the elements go
  SvgGraphics(StringBuilder out) {
    this.out = out;
  }

  @Override
  public Graphics create() {
    SvgGraphics copy = new SvgGraphics(out);
    copy.setTransform(getTransform());
    copy.setPaint(getPaint());
    copy.setStroke(getStroke());
    copy.setFont(getFont());
    copy.setComposite(getComposite());
    copy.setClip(getClip());
    return copy;
  }

  @Override
  public void draw(Shape shape) {
    out.append("<path fill=\"none\" style=\"stroke:").append(paint()).append('"');
    opacity("stroke-opacity");
    if (getStroke() instanceof BasicStroke stroke) {
      out.append(" stroke-width=\"").append(number(stroke.getLineWidth())).append('"');
      float[] dashes = stroke.getDashArray();
      if (dashes != null) {
        out.append(" stroke-dasharray=\"");
        for (int i = 0; i < dashes.length; i++) {
          out.append(i > 0 ? " " : "").append(number(dashes[i]));
        }
        out.append('"');
      }
    }
    path(shape);
  }

  @Override
  public void fill(Shape shape) {
    out.append("<path style=\"fill:").append(paint()).append('"');
    opacity("fill-opacity");
    path(shape);
  }

  private String paint() {
    return Palette.css(getColor());
  }

  private void opacity(String name) {
    double opacity = getColor().getAlpha() / OPAQUE;
    if (getComposite() instanceof AlphaComposite alpha) {
      opacity *= alpha.getAlpha();
    }
    if (opacity < 1) {
      out.append(' ').append(name).append("=\"").append(number(opacity)).append('"');
    }
  }

  private void path(Shape shape) {
    out.append(" d=\"");
    double[] at = new double[6];
    for (PathIterator path = shape.getPathIterator(getTransform()); !path.isDone(); path.next()) {
      switch (path.currentSegment(at)) {
        case PathIterator.SEG_MOVETO -> points("M", at, 1);
        case PathIterator.SEG_LINETO -> points("L", at, 1);
        case PathIterator.SEG_QUADTO -> points("Q", at, 2);
        case PathIterator.SEG_CUBICTO -> points("C", at, 3);
        default -> out.append('Z');
      }
    }
    out.append("\"/>\n");
  }

  private void points(String letter, double[] at, int count) {
    out.append(letter);
    for (int i = 0; i < 2 * count; i++) {
      out.append(i > 0 ? " " : "").append(number(at[i]));
    }
  }

  @Override
  public void drawString(String text, float x, float y) {
    out.append("<text style=\"fill:").append(paint()).append("\" font-size=\"");
    out.append(number(getFont().getSize2D())).append('"');
    AffineTransform transform = getTransform();
    if (transform.isIdentity()) {
      out.append(" x=\"").append(number(x)).append("\" y=\"").append(number(y)).append('"');
    } else {
      double[] matrix = new double[6];
      transform.getMatrix(matrix);
      out.append(" transform=\"matrix(");
      for (int i = 0; i < matrix.length; i++) {
        out.append(i > 0 ? " " : "").append(number(matrix[i]));
      }
      out.append(")\" x=\"").append(number(x)).append("\" y=\"").append(number(y)).append('"');
    }
    out.append('>').append(Html.escaped(text)).append("</text>\n");
  }

  /// Returns a number with up to two decimals.
  static String number(double value) {
    return new BigDecimal(value)
        .setScale(2, RoundingMode.HALF_UP)
        .stripTrailingZeros()
        .toPlainString();
  }

  /// Returns the colour with another opacity.
  static Color faint(Color color, int alpha) {
    return new Color(color.getRed(), color.getGreen(), color.getBlue(), alpha);
  }
}
