package dev.brig.cli.syntax;

/// An option of a command, as its user spells and reads it. Each command declares its options as an
/// enum that implements this, in the order in which help shows them.
public interface Option {

  /// Returns what the option is called and what help says of it.
  OptionText text();

  /// Returns the spellings with their dashes, separated by one space.
  default String names() {
    return text().names();
  }

  /// Returns the placeholder of the value, or the empty string for a flag.
  default String label() {
    return text().label();
  }

  /// Returns the name of the declaration, which is unique in its command.
  String name();

  /// Tells whether the option takes no value.
  default boolean isFlag() {
    return label().isEmpty();
  }

  /// Returns the spelling for messages: the long one where there is one.
  default String longestName() {
    String names = names();
    int longest = names.indexOf("--");
    if (longest < 0) {
      return names;
    }
    int end = names.indexOf(' ', longest);
    return end < 0 ? names.substring(longest) : names.substring(longest, end);
  }

  /// Tells whether this is one of the spellings.
  ///
  /// @param spelling what the user wrote, with its dashes and without a value
  default boolean isSpelled(String spelling) {
    String names = names();
    int length = spelling.length();
    for (int from = names.indexOf(spelling); from >= 0; from = names.indexOf(spelling, from + 1)) {
      boolean starts = from == 0 || names.charAt(from - 1) == ' ';
      boolean ends = from + length == names.length() || names.charAt(from + length) == ' ';
      if (starts && ends) {
        return true;
      }
    }
    return false;
  }
}
