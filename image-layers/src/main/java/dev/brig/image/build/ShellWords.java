package dev.brig.image.build;

import java.util.ArrayList;
import java.util.List;

/// Words as a build file's instructions have them: blanks separate, quotes and the escape character
/// hold together.
final class ShellWords {
  private ShellWords() {}

  /// Returns the words, quotes and escapes left in them.
  ///
  /// @param text the arguments of an instruction
  /// @param escape the escape character
  static List<String> raw(String text, char escape) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    char quote = 0;
    boolean inWord = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quote == 0 && Character.isWhitespace(c)) {
        if (inWord) {
          words.add(word.toString());
          word.setLength(0);
        }
        inWord = false;
        continue;
      }
      inWord = true;
      word.append(c);
      // Nothing is escaped within single quotes.
      if (c == escape && quote != '\'' && i + 1 < text.length()) {
        i++;
        word.append(text.charAt(i));
      } else if (quote != 0) {
        quote = c == quote ? 0 : quote;
      } else if (c == '"' || c == '\'') {
        quote = c;
      }
    }
    if (inWord) {
      words.add(word.toString());
    }
    return words;
  }

  /// Returns a word without its quotes and escapes.
  static String unquoted(String word, char escape) {
    StringBuilder plain = new StringBuilder();
    char quote = 0;
    for (int i = 0; i < word.length(); i++) {
      char c = word.charAt(i);
      if (quote != 0 && c == quote) {
        quote = 0;
      } else if (quote == 0 && (c == '"' || c == '\'')) {
        quote = c;
      } else if (c == escape && quote != '\'' && i + 1 < word.length()) {
        i++;
        plain.append(word.charAt(i));
      } else {
        plain.append(c);
      }
    }
    return plain.toString();
  }
}
