package dev.brig.cli.compare.statistics;

/// A range of numbers.
///
/// @param low its lower end
/// @param high its upper end
public record Interval(double low, double high) {
  /// Refuses ends in the wrong order.
  public Interval {
    if (low > high) {
      throw new IllegalArgumentException("from " + low + " to " + high);
    }
  }

  /// Tells whether a number lies in it.
  public boolean contains(double number) {
    return low <= number && number <= high;
  }

  /// Returns the greatest distance of an end from a number.
  public double distance(double number) {
    return Math.max(Math.abs(low - number), Math.abs(high - number));
  }
}
