package dev.brig.cli.value;

/// Names that people give: of containers and volumes.
public final class Names {
  /// What a name is made of, for complaints.
  public static final String ALLOWED =
      "a name is made of letters, digits, \"_\", \".\" and \"-\" and begins with a letter or a"
          + " digit";

  private static final int LENGTH_MAX = 128;

  private Names() {}

  /// Returns the text if it is a name.
  public static String parse(String option, String text) {
    if (!isName(text)) {
      throw Wrong.value(option, text, ALLOWED + ", " + LENGTH_MAX + " characters at most");
    }
    return text;
  }

  /// Returns the text if it is a host name: hostname(7).
  public static String host(String option, String text) {
    boolean good = !text.isEmpty() && text.length() <= 63 && !text.startsWith("-");
    for (int i = 0; i < text.length(); i++) {
      good &= isAlphanumeric(text.charAt(i)) || ".-_".indexOf(text.charAt(i)) >= 0;
    }
    if (!good) {
      throw Wrong.value(
          option, text, "not a host name; write up to 63 letters, digits, \"-\" and \".\"");
    }
    return text;
  }

  /// Tells whether a word can be the name of a container or a volume.
  public static boolean isName(String text) {
    boolean good = !text.isEmpty() && text.length() <= LENGTH_MAX && isAlphanumeric(text.charAt(0));
    for (int i = 0; i < text.length(); i++) {
      good &= isAlphanumeric(text.charAt(i)) || "_.-".indexOf(text.charAt(i)) >= 0;
    }
    return good;
  }

  private static boolean isAlphanumeric(char c) {
    return Sizes.isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }
}
