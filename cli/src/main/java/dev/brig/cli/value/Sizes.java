package dev.brig.cli.value;

import java.util.OptionalLong;

/// Amounts of memory and of data.
public final class Sizes {
  /// No limit, in the specification's notation.
  public static final long UNLIMITED = -1;

  private static final String ALLOWED =
      "not a size; write bytes with an optional suffix b, k, m, g or t (64m)";
  private static final String SUFFIXES = "bkmgtp";

  private Sizes() {}

  /// Returns bytes. Suffixes count in 1024s and may be followed by `b` or `ib`, as in `1.5GiB`.
  public static long parse(String option, String text) {
    OptionalLong bytes = bytes(text);
    if (bytes.isEmpty()) {
      throw Wrong.value(option, text, ALLOWED);
    }
    return bytes.getAsLong();
  }

  /// Returns bytes, or [#UNLIMITED] for `-1`.
  public static long parseOrUnlimited(String option, String text) {
    if (text.equals("-1")) {
      return UNLIMITED;
    }
    OptionalLong bytes = bytes(text);
    if (bytes.isEmpty()) {
      throw Wrong.value(option, text, ALLOWED + ", or -1 for no limit");
    }
    return bytes.getAsLong();
  }

  private static OptionalLong bytes(String text) {
    int end = text.length();
    while (end > 0 && !isDigit(text.charAt(end - 1))) {
      end--;
    }
    int shift = shift(text, end);
    int point = text.indexOf('.');
    String whole = text.substring(0, point < 0 ? end : Math.min(point, end));
    String fraction = point < 0 || point >= end ? "" : text.substring(point + 1, end);
    // 15 digits of bytes and 9 behind the point are far beyond any machine, and keep the sums in a
    // long
    if (shift < 0 || !isNumber(whole, 15) || (point >= 0 && !isNumber(fraction, 9))) {
      return OptionalLong.empty();
    }
    long units = Long.parseLong(whole);
    if (units > Long.MAX_VALUE >> (shift + 1)) {
      return OptionalLong.empty();
    }
    long bytes = units << shift;
    return OptionalLong.of(fraction.isEmpty() ? bytes : bytes + part(fraction, shift));
  }

  private static long part(String fraction, int shift) {
    double scaled = Double.parseDouble("0." + fraction) * (1L << shift);
    return (long) scaled;
  }

  private static int shift(String text, int from) {
    if (from == text.length()) {
      return 0;
    }
    int power = SUFFIXES.indexOf(Character.toLowerCase(text.charAt(from)));
    String rest = text.substring(from + 1);
    boolean known =
        rest.isEmpty()
            || (power > 0 && (rest.equalsIgnoreCase("b") || rest.equalsIgnoreCase("ib")));
    return power < 0 || !known ? -1 : 10 * power;
  }

  static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  static boolean isNumber(String text, int lengthMax) {
    for (int i = 0; i < text.length(); i++) {
      if (!isDigit(text.charAt(i))) {
        return false;
      }
    }
    return !text.isEmpty() && text.length() <= lengthMax;
  }
}
