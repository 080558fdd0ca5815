package dev.brig.cli.syntax;

/// The words of a command line that are not options.
///
/// @param label how the synopsis shows them: `IMAGE [COMMAND [ARG...]]`
/// @param countMin how many there must be at least
/// @param countMax how many there may be at most
/// @param order whether options may follow them
public record Operands(String label, int countMin, int countMax, Order order) {

  /// No words but options.
  public static final Operands NONE = new Operands("", 0, 0, Order.MIXED);

  /// Whether options and operands may be mixed.
  public enum Order {
    /// The first operand ends the options: what follows belongs to the container's command.
    OPTIONS_FIRST,
    /// Options are recognised anywhere, up to `--`.
    MIXED
  }

  /// Returns operands of which any number is fine, from `countMin` on, mixed with options.
  public static Operands atLeast(int countMin, String label) {
    return new Operands(label, countMin, Integer.MAX_VALUE, Order.MIXED);
  }

  /// Returns exactly `count` operands, mixed with options.
  public static Operands exactly(int count, String label) {
    return new Operands(label, count, count, Order.MIXED);
  }

  /// Returns operands of which the first ends the options.
  public static Operands lastFrom(int countMin, String label) {
    return new Operands(label, countMin, Integer.MAX_VALUE, Order.OPTIONS_FIRST);
  }
}
