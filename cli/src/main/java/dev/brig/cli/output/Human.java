package dev.brig.cli.output;

/// Numbers in the words that docker and podman use.
public final class Human {
  private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
  private static final int DIGITS = 3;
  private static final long MINUTE = 60;
  private static final long HOUR = 60 * MINUTE;
  private static final long DAY = 24 * HOUR;
  private static final long WEEK = 7 * DAY;
  private static final long MONTH = 30 * DAY;
  private static final long YEAR = 365 * DAY;

  private Human() {}

  /// Returns a size in decimal units with three digits: `7.05 MB`.
  public static String size(long bytes) {
    int unit = 0;
    long scale = 1;
    while (unit < UNITS.length - 1 && bytes / scale >= 1000) {
      scale *= 1000;
      unit++;
    }
    long whole = bytes / scale;
    StringBuilder text = new StringBuilder().append(whole);
    int digits = unit == 0 ? 0 : DIGITS - text.length();
    long rest = bytes % scale;
    if (digits > 0) {
      text.append('.');
      for (int i = 0; i < digits; i++) {
        scale /= 10;
        text.append(rest / scale);
        rest %= scale;
      }
    }
    return text.append(' ').append(UNITS[unit]).toString();
  }

  /// Returns a length of time in its largest unit: `About a minute`, `3 hours`.
  public static String duration(long seconds) {
    if (seconds < 1) {
      return "Less than a second";
    }
    if (seconds < MINUTE) {
      return seconds == 1 ? "1 second" : seconds + " seconds";
    }
    if (seconds < 2 * MINUTE) {
      return "About a minute";
    }
    if (seconds < HOUR) {
      return seconds / MINUTE + " minutes";
    }
    if (seconds < 2 * HOUR) {
      return "About an hour";
    }
    if (seconds < 2 * DAY) {
      return seconds / HOUR + " hours";
    }
    if (seconds < 2 * WEEK) {
      return seconds / DAY + " days";
    }
    if (seconds < 2 * MONTH) {
      return seconds / WEEK + " weeks";
    }
    return seconds < 2 * YEAR ? seconds / MONTH + " months" : seconds / YEAR + " years";
  }

  /// Returns how long ago a moment was: `3 hours ago`.
  public static String ago(long seconds, long nowSeconds) {
    return duration(Math.max(0, nowSeconds - seconds)) + " ago";
  }

  /// Returns the text, or its beginning and an ellipsis if it is longer than so many characters.
  public static String shortened(String text, int lengthMax) {
    return text.codePointCount(0, text.length()) <= lengthMax
        ? text
        : text.substring(0, text.offsetByCodePoints(0, lengthMax - 1)) + "…";
  }
}
