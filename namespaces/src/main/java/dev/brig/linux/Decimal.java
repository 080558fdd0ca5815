package dev.brig.linux;

/// Small decimal numbers out of text that may be anything.
final class Decimal {
  private Decimal() {}

  /// Returns the number, or -1 if the text is not one of 1 to 9 digits and nothing else.
  static int parse(String text) {
    if (text.isEmpty() || text.length() > 9) {
      return -1;
    }
    int number = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      number = number * 10 + (c - '0');
    }
    return number;
  }
}
