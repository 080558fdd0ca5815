package dev.brig.cli.compare.report;

import java.awt.Color;

/// The colours of charts, as the page's variables.
///
/// Those of arms are Okabe's and Ito's, which people tell apart whatever their eyes see; none of
/// them is needed to read a chart, since each arm has a row or a shape of its own.
///
/// @see <a href="https://jfly.uni-koeln.de/color/">Color Universal Design</a>
final class Palette {
  /// Text and what matters.
  static final Color INK = new Color(1, 1, 1);

  /// Axes.
  static final Color MUTED = new Color(2, 2, 2);

  /// Lines in the background.
  static final Color GRID = new Color(3, 3, 3);

  /// The noise of the control.
  static final Color BAND = new Color(4, 4, 4);

  /// How many colours of arms there are.
  static final int ARMS = 8;

  private static final int FIRST_ARM = 10;

  private Palette() {}

  /// Returns the colour of an arm, by its place.
  static Color arm(int place) {
    int number = FIRST_ARM + place % ARMS;
    return new Color(number, number, number);
  }

  /// Returns a colour as CSS has it.
  static String css(Color color) {
    int number = color.getRed();
    return switch (number) {
      case 1 -> "var(--ink)";
      case 2 -> "var(--muted)";
      case 3 -> "var(--grid)";
      case 4 -> "var(--band)";
      default -> "var(--arm" + Math.floorMod(number - FIRST_ARM, ARMS) + ")";
    };
  }
}
