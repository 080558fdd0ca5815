package dev.brig.cli.value;

/// Whole and decimal numbers, and lists of them.
public final class Numbers {
  private static final int DIGITS_MAX = 18;

  private Numbers() {}

  /// Returns a whole number from `min` to `max`.
  public static long parse(String option, String text, long min, long max) {
    boolean negative = text.startsWith("-");
    String digits = negative ? text.substring(1) : text;
    if (Sizes.isNumber(digits, DIGITS_MAX)) {
      long number = negative ? -Long.parseLong(digits) : Long.parseLong(digits);
      if (number >= min && number <= max) {
        return number;
      }
    }
    String range = max == Long.MAX_VALUE ? "from " + min : "from " + min + " to " + max;
    throw Wrong.value(option, text, "not a number " + range);
  }

  /// Returns a number in octal digits, such as a file's mode, up to `max`.
  public static long octal(String option, String text, long max) {
    boolean good = Sizes.isNumber(text, 6) && text.indexOf('8') < 0 && text.indexOf('9') < 0;
    long number = good ? Long.parseLong(text, 8) : 0;
    if (!good || number > max) {
      throw Wrong.value(option, text, "not an octal number up to 0" + Long.toOctalString(max));
    }
    return number;
  }

  /// Returns how many microseconds of processor time `text` processors have in `periodMicros`.
  ///
  /// @param text processors, with up to nine digits behind the point: `0.5`
  public static long processorMicros(String option, String text, long periodMicros) {
    int point = text.indexOf('.');
    String whole = point < 0 ? text : text.substring(0, point);
    String fraction = point < 0 ? "0" : text.substring(point + 1);
    boolean good =
        (whole.isEmpty() ? point == 0 : Sizes.isNumber(whole, 6)) && Sizes.isNumber(fraction, 9);
    long nanos = 0;
    if (good) {
      nanos = (whole.isEmpty() ? 0 : Long.parseLong(whole)) * 1_000_000_000L;
      long scale = 1_000_000_000L;
      for (int i = 0; i < fraction.length(); i++) {
        scale /= 10;
        nanos += (fraction.charAt(i) - '0') * scale;
      }
    }
    long micros = nanos / 1000 * periodMicros / 1_000_000L;
    // The kernel accepts no quota below one millisecond: CFS bandwidth control,
    // min_cfs_quota_period.
    if (!good || micros < 1000) {
      throw Wrong.value(
          option, text, "not a number of processors; write a decimal from 0.01 (1.5)");
    }
    return micros;
  }

  /// Returns the text if it is a list of numbers and ranges, as cpuset(7) has it: `0-3,7`.
  public static String list(String option, String text) {
    for (String part : text.split(",", -1)) {
      int dash = part.indexOf('-');
      String first = dash < 0 ? part : part.substring(0, dash);
      String last = dash < 0 ? part : part.substring(dash + 1);
      if (!Sizes.isNumber(first, 6)
          || !Sizes.isNumber(last, 6)
          || Integer.parseInt(first) > Integer.parseInt(last)) {
        throw Wrong.value(option, text, "not a list of numbers; write numbers and ranges (0-3,7)");
      }
    }
    return text;
  }
}
