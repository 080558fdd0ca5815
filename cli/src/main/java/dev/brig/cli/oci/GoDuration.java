package dev.brig.cli.oci;

import dev.brig.error.UsageException;
import java.math.BigDecimal;
import java.time.Duration;

/// Lengths of time as callers of runc write them: `5s`, `1m30s`, `1.5h`, `300ms`.
final class GoDuration {
  private static final int LENGTH_MAX = 32;
  private static final String[] UNITS = {"ns", "us", "µs", "ms", "s", "m", "h"};
  private static final long[] NANOS = {
    1, 1_000, 1_000, 1_000_000, 1_000_000_000, 60_000_000_000L, 3_600_000_000_000L
  };

  private GoDuration() {}

  /// Reads a length of time, longer than none.
  ///
  /// @param origin what it was said with
  /// @throws UsageException if it is none
  static Duration parse(String origin, String text) {
    BigDecimal nanos = BigDecimal.ZERO;
    int at = 0;
    while (at < text.length() && text.length() <= LENGTH_MAX) {
      int unit = at;
      while (unit < text.length() && isOfNumber(text.charAt(unit))) {
        unit++;
      }
      int end = unit;
      while (end < text.length() && !isOfNumber(text.charAt(end))) {
        end++;
      }
      nanos = nanos.add(part(origin, text, text.substring(at, unit), text.substring(unit, end)));
      at = end;
    }
    if (nanos.compareTo(BigDecimal.ONE) < 0
        || nanos.compareTo(new BigDecimal(Long.MAX_VALUE)) > 0) {
      throw wrong(origin, text);
    }
    return Duration.ofNanos(nanos.longValue());
  }

  private static boolean isOfNumber(char c) {
    return (c >= '0' && c <= '9') || c == '.';
  }

  private static BigDecimal part(String origin, String text, String number, String unit) {
    for (int i = 0; i < UNITS.length; i++) {
      if (unit.equals(UNITS[i])) {
        try {
          return new BigDecimal(number).multiply(new BigDecimal(NANOS[i]));
        } catch (NumberFormatException _) {
          break;
        }
      }
    }
    throw wrong(origin, text);
  }

  private static UsageException wrong(String origin, String text) {
    return new UsageException(origin + " \"" + text + "\"", "no time", "500ms, 5s or 1m30s");
  }
}
