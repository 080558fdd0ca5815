package dev.brig.plan;

/// How a branch compares a slot, as a signed 64-bit number, with a constant.
public enum Condition {
  /// Equal.
  EQUAL("=="),
  /// Not equal.
  NOT_EQUAL("!="),
  /// Less than.
  LESS("<"),
  /// Greater than or equal.
  AT_LEAST(">="),
  /// Some bit of the constant is set in the slot.
  ANY_BIT("&"),
  /// No bit of the constant is set in the slot.
  NO_BIT("!&");

  private final String symbol;

  Condition(String symbol) {
    this.symbol = symbol;
  }

  /// Returns the sign that an explanation shows.
  public String symbol() {
    return symbol;
  }
}
