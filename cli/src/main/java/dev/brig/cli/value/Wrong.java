package dev.brig.cli.value;

import dev.brig.error.UsageException;

/// Makes the complaint about an option's value.
public final class Wrong {
  private Wrong() {}

  /// Returns the exception for a value that is not what the option takes.
  ///
  /// @param option the option with its dashes
  /// @param text what the user wrote
  /// @param finding what is wrong with it and what is allowed
  public static UsageException value(String option, String text, String finding) {
    return new UsageException(option + " " + quoted(text), finding, "");
  }

  /// Returns the text as a shell would need it: quoted if it is empty or has more than plain
  /// characters.
  static String quoted(String text) {
    boolean plain = !text.isEmpty();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      plain &= c > ' ' && c != '"' && c != '\'' && c < 0x7f;
    }
    return plain ? text : "\"" + text.replace("\n", "\\n") + "\"";
  }
}
