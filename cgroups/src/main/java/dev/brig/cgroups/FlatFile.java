package dev.brig.cgroups;

/// The text of a file with one `KEY NUMBER` a line, or with one number.
final class FlatFile {
  private FlatFile() {}

  /// Returns the number after a key.
  ///
  /// @param text what the file holds
  /// @param key the first word of a line, or empty for a file that is one number
  /// @param absent what to return if there is no such line, or no decimal number (`max`)
  static long number(String text, String key, long absent) {
    int start = 0;
    while (start < text.length()) {
      int end = text.indexOf('\n', start);
      if (end < 0) {
        end = text.length();
      }
      int value = key.isEmpty() ? start : start + key.length() + 1;
      if (value < end && (key.isEmpty() || text.startsWith(key + " ", start))) {
        return parse(text.substring(value, end), absent);
      }
      start = end + 1;
    }
    return absent;
  }

  private static long parse(String digits, long absent) {
    long value = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = digits.charAt(i) - '0';
      if (digit < 0 || digit > 9 || value > (Long.MAX_VALUE - digit) / 10) {
        return absent;
      }
      value = value * 10 + digit;
    }
    return digits.isEmpty() ? absent : value;
  }
}
