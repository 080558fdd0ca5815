package dev.brig.plan;

/// A calculation on a slot.
public enum Arithmetic {
  /// Sum.
  ADD("+"),
  /// Difference.
  SUBTRACT("-"),
  /// Bitwise and.
  AND("&"),
  /// Bitwise or.
  OR("|"),
  /// Shift to the left.
  SHIFT_LEFT("<<"),
  /// Unsigned shift to the right.
  SHIFT_RIGHT(">>>");

  private final String symbol;

  Arithmetic(String symbol) {
    this.symbol = symbol;
  }

  /// Returns the sign that an explanation shows.
  public String symbol() {
    return symbol;
  }
}
