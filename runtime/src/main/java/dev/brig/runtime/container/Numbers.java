package dev.brig.runtime.container;

/// Lines of decimal numbers, which is how brig and its programs tell each other small things.
final class Numbers {
  private static final long[] DAMAGED = {};
  private static final int DIGITS_MAX = 18;

  private Numbers() {}

  /// Returns the number that the text is, or -1 if it is none of 0 to 10^18-1.
  static long decimal(String text) {
    if (text.isEmpty() || text.length() > DIGITS_MAX) {
      return -1;
    }
    long number = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      number = number * 10 + (c - '0');
    }
    return number;
  }

  /// Returns the numbers of a line, or none if it does not hold exactly this many with a space
  /// between any two.
  ///
  /// @param line the line without its end
  static long[] parse(String line, int count) {
    long[] numbers = new long[count];
    int at = 0;
    for (int i = 0; i < count; i++) {
      int space = line.indexOf(' ', at);
      int end = i == count - 1 ? line.length() : space;
      if (end < at || (i == count - 1 && space >= 0)) {
        return DAMAGED;
      }
      numbers[i] = decimal(line.substring(at, end));
      if (numbers[i] < 0) {
        return DAMAGED;
      }
      at = end + 1;
    }
    return numbers;
  }
}
