package dev.brig.cli.value;

/// Lengths of time.
public final class Durations {
  /// As long as it takes.
  public static final int FOREVER = -1;

  private Durations() {}

  /// Returns seconds, or [#FOREVER] for `-1`.
  public static int seconds(String option, String text) {
    return (int) Numbers.parse(option, text, -1, Integer.MAX_VALUE);
  }

  /// Tells whether the text is a length of time as Go writes it: `1h30m`, `90s`, `1.5h`, `200ms`.
  public static boolean isDuration(String text) {
    return nanos(text) >= 0;
  }

  /// Returns the nanoseconds of a length of time as Go writes it, or -1 if it is not one.
  public static long nanos(String text) {
    long total = 0;
    int at = 0;
    while (at < text.length()) {
      int end = at;
      while (end < text.length() && (Sizes.isDigit(text.charAt(end)) || text.charAt(end) == '.')) {
        end++;
      }
      int next = end;
      while (next < text.length() && Character.isLetter(text.charAt(next))) {
        next++;
      }
      long unit = unitNanos(text.substring(end, next));
      String number = text.substring(at, end);
      int point = number.indexOf('.');
      String whole = point < 0 ? number : number.substring(0, point);
      String fraction = point < 0 ? "0" : number.substring(point + 1);
      if (unit < 0 || !Sizes.isNumber(whole, 6) || !Sizes.isNumber(fraction, 9)) {
        return -1;
      }
      total += Long.parseLong(whole) * unit + (long) (Double.parseDouble("0." + fraction) * unit);
      at = next;
    }
    return text.isEmpty() || total < 0 ? -1 : total;
  }

  private static long unitNanos(String unit) {
    return switch (unit) {
      case "ns" -> 1L;
      case "us" -> 1_000L;
      case "ms" -> 1_000_000L;
      case "s" -> 1_000_000_000L;
      case "m" -> 60_000_000_000L;
      case "h" -> 3_600_000_000_000L;
      default -> -1L;
    };
  }
}
