package dev.brig.runtime.container;

/// Lines of decimal numbers, which is how brig and its programs tell each other small things.
final class Numbers {
  private static final long[] DAMAGED = {};

  private Numbers() {}

  /// Returns the numbers of the first line, or none if it is not a whole line of this many numbers,
  /// none of them negative, with a space between any two.
  static long[] parse(String text, int count) {
    long[] numbers = new long[count];
    int at = 0;
    for (int i = 0; i < count; i++) {
      int start = at;
      long number = 0;
      while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
        number = number * 10 + (text.charAt(at) - '0');
        at++;
      }
      boolean tooLong = at - start > 18;
      char end = i == count - 1 ? '\n' : ' ';
      if (at == start || tooLong || at == text.length() || text.charAt(at) != end) {
        return DAMAGED;
      }
      numbers[i] = number;
      at++;
    }
    return numbers;
  }
}
