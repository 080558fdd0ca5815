package dev.brig.cli.compare.report;

import java.awt.Shape;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;

/// Marks that can be told apart without their colours.
final class Shapes {
  private static final int KINDS = 4;

  private Shapes() {}

  /// Returns the mark of an arm, by its place, around the origin.
  ///
  /// @param size how wide it is
  static Shape of(int place, double size) {
    double half = size / 2;
    return switch (place % KINDS) {
      case 0 -> new Ellipse2D.Double(-half, -half, size, size);
      case 1 -> new Rectangle2D.Double(-half, -half, size, size);
      case 2 -> polygon(0, -half, half, half, -half, half);
      default -> polygon(0, -half, half, 0, 0, half, -half, 0);
    };
  }

  private static Shape polygon(double... points) {
    Path2D path = new Path2D.Double();
    path.moveTo(points[0], points[1]);
    for (int i = 2; i < points.length; i += 2) {
      path.lineTo(points[i], points[i + 1]);
    }
    path.closePath();
    return path;
  }
}
