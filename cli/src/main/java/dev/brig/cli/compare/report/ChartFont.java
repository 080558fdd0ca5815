package dev.brig.cli.compare.report;

import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.font.FontRenderContext;
import java.awt.font.LineMetrics;

/// A font whose measures are reckoned rather than looked up: the browser has the real one.
///
/// So charts need no font on the machine that draws them, and look the same wherever they were
/// drawn.
final class ChartFont extends Font {
  private static final long serialVersionUID = 1L;

  private static final float ASCENT = 0.8f;
  private static final float DESCENT = 0.2f;
  private static final double NARROW = 0.3;
  private static final double WIDE = 0.68;
  private static final double USUAL = 0.55;

  ChartFont(int size) {
    super(Font.SANS_SERIF, Font.PLAIN, size);
  }

  /// Returns about how wide a text will be in a browser's usual sans-serif font.
  double width(String text) {
    double width = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean narrow = " .,:;'|!ijltfr()[]".indexOf(c) >= 0;
      width += narrow ? NARROW : Character.isUpperCase(c) || c == 'm' || c == 'w' ? WIDE : USUAL;
    }
    return width * getSize2D();
  }

  /// Returns the measures of the font as a whole.
  FontMetrics metrics() {
    return new Metrics(this);
  }

  @Override
  public LineMetrics getLineMetrics(String text, FontRenderContext context) {
    return new Line(getSize2D(), text.length());
  }

  private static final class Metrics extends FontMetrics {
    private static final long serialVersionUID = 1L;

    private final ChartFont chartFont;

    Metrics(ChartFont font) {
      super(font);
      this.chartFont = font;
    }

    @Override
    public int getAscent() {
      return Math.round(ASCENT * chartFont.getSize2D());
    }

    @Override
    public int getDescent() {
      return Math.round(DESCENT * chartFont.getSize2D());
    }

    @Override
    public int stringWidth(String text) {
      return (int) Math.ceil(chartFont.width(text));
    }

    @Override
    public int charsWidth(char[] data, int offset, int length) {
      return stringWidth(new String(data, offset, length));
    }
  }

  private static final class Line extends LineMetrics {
    private final float size;
    private final int count;

    Line(float size, int count) {
      this.size = size;
      this.count = count;
    }

    @Override
    public int getNumChars() {
      return count;
    }

    @Override
    public float getAscent() {
      return ASCENT * size;
    }

    @Override
    public float getDescent() {
      return DESCENT * size;
    }

    @Override
    public float getLeading() {
      return 0;
    }

    @Override
    public float getHeight() {
      return size;
    }

    @Override
    public int getBaselineIndex() {
      return ROMAN_BASELINE;
    }

    @Override
    public float[] getBaselineOffsets() {
      return new float[] {0, 0, 0};
    }

    @Override
    public float getStrikethroughOffset() {
      return 0;
    }

    @Override
    public float getStrikethroughThickness() {
      return 1;
    }

    @Override
    public float getUnderlineOffset() {
      return 0;
    }

    @Override
    public float getUnderlineThickness() {
      return 1;
    }

    private static final int ROMAN_BASELINE = Font.ROMAN_BASELINE;
  }
}
