package dev.brig.image.build;

import java.math.BigDecimal;

/// Times as Go writes them: `1m30s`, `500ms`, `1.5h`.
///
/// @see <a href="https://pkg.go.dev/time#ParseDuration">ParseDuration</a>
final class GoDuration {
  private GoDuration() {}

  /// Returns a time in nanoseconds.
  ///
  /// @param place where it stands, for the complaint
  static long nanos(Place place, String text) {
    BigDecimal sum = BigDecimal.ZERO;
    int at = 0;
    while (at < text.length()) {
      int start = at;
      while (at < text.length() && (Character.isDigit(text.charAt(at)) || text.charAt(at) == '.')) {
        at++;
      }
      int unit = at;
      while (at < text.length() && !Character.isDigit(text.charAt(at)) && text.charAt(at) != '.') {
        at++;
      }
      long factor = factor(text.substring(unit, at));
      if (factor == 0 || start == unit || unit - start > 12) {
        throw wrong(place, text);
      }
      try {
        sum =
            sum.add(
                new BigDecimal(text.substring(start, unit)).multiply(BigDecimal.valueOf(factor)));
      } catch (NumberFormatException _) {
        throw wrong(place, text);
      }
    }
    if (text.isEmpty() || sum.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
      throw wrong(place, text);
    }
    return sum.longValue();
  }

  private static RuntimeException wrong(Place place, String text) {
    return place.wrong("\"" + text + "\" is not a time", "write 30s, 1m30s, 500ms");
  }

  private static long factor(String unit) {
    return switch (unit) {
      case "ns" -> 1;
      case "us", "µs" -> 1_000;
      case "ms" -> 1_000_000;
      case "s" -> 1_000_000_000L;
      case "m" -> 60_000_000_000L;
      case "h" -> 3_600_000_000_000L;
      default -> 0;
    };
  }
}
