package dev.brig.cgroups;

import java.util.BitSet;

/// A list of processors or memory nodes in the kernel's notation, `0-3,8`.
///
/// @see <a href="https://man7.org/linux/man-pages/man7/cpuset.7.html">cpuset(7), List format</a>
final class CpuList {
  private static final int NUMBER_MAX = 65_535;

  private CpuList() {}

  /// Returns the numbers in a list.
  ///
  /// @throws NumberFormatException if the text is no list, with what is wrong with it
  static BitSet parse(String text) {
    BitSet numbers = new BitSet();
    int start = 0;
    while (start <= text.length()) {
      int end = text.indexOf(',', start);
      if (end < 0) {
        end = text.length();
      }
      range(text.substring(start, end), numbers);
      start = end + 1;
    }
    return numbers;
  }

  /// Returns how many numbers a list has; zero for an empty one.
  static int count(String text) {
    return text.isEmpty() ? 0 : parse(text).cardinality();
  }

  private static void range(String text, BitSet numbers) {
    int dash = text.indexOf('-');
    int first = number(dash < 0 ? text : text.substring(0, dash));
    int last = dash < 0 ? first : number(text.substring(dash + 1));
    if (last < first) {
      throw new NumberFormatException("the range " + text + " runs backwards");
    }
    numbers.set(first, last + 1);
  }

  private static int number(String text) {
    int value = 0;
    for (int i = 0; i < text.length() && value <= NUMBER_MAX; i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        throw new NumberFormatException("\"" + text + "\" is no number");
      }
      value = value * 10 + (c - '0');
    }
    if (text.isEmpty()) {
      throw new NumberFormatException("a number is missing");
    }
    if (value > NUMBER_MAX) {
      throw new NumberFormatException(text + " is too large a number");
    }
    return value;
  }
}
