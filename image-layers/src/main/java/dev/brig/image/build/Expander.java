package dev.brig.image.build;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Replaces variables in words, and takes quotes and escapes away.
///
/// Knows `$V`, `${V}`, `${V:-word}`, `${V:+word}`, `${V:?word}`, the same without the colon,
/// `${V#pattern}`, `##`, `%`, `%%`, `${V/pattern/word}` and `//`. A variable that is not set is
/// empty.
///
/// @see <a href="https://docs.docker.com/reference/dockerfile/#environment-replacement">environment
///   replacement</a>
final class Expander {
  private final Place place;
  private final Variables variables;
  private final char escape;

  /// Makes an expander.
  ///
  /// @param place where the words stand, for complaints
  /// @param variables what is set
  /// @param escape the escape character
  Expander(Place place, Variables variables, char escape) {
    this.place = place;
    this.variables = variables;
    this.escape = escape;
  }

  /// Returns a word with its variables replaced, without quotes and escapes.
  String word(String word) {
    return new Walk(word).all();
  }

  /// Returns the text of a document with its variables replaced. Quotes are nothing special there.
  String document(String text) {
    StringBuilder result = new StringBuilder();
    Walk walk = new Walk(text);
    while (walk.at < text.length()) {
      char c = text.charAt(walk.at);
      if (c == escape && walk.at + 1 < text.length()) {
        char next = text.charAt(walk.at + 1);
        result.append(next == '$' || next == escape ? "" : String.valueOf(c)).append(next);
        walk.at += 2;
      } else if (c == '$') {
        result.append(walk.dollar());
      } else {
        result.append(c);
        walk.at++;
      }
    }
    return result.toString();
  }

  /// Returns the words that a word becomes: a value that was not quoted is split at its blanks.
  List<String> words(String word) {
    Walk walk = new Walk(word);
    walk.splits = true;
    String joined = walk.all();
    List<String> words = new ArrayList<>();
    for (String each : joined.split(Character.toString(Walk.SPLIT), -1)) {
      if (!each.isEmpty()) {
        words.add(each);
      }
    }
    // A word that is nothing but an empty value is no word, one of empty quotes is.
    if (words.isEmpty() && (word.equals("\"\"") || word.equals("''"))) {
      words.add("");
    }
    return words;
  }

  /// A walk over one text.
  private final class Walk {
    /// Marks where a value is split; it can't be in a file.
    static final char SPLIT = '\0';

    private final String text;
    private int at;
    private boolean splits;

    Walk(String text) {
      this.text = text;
    }

    String all() {
      StringBuilder result = new StringBuilder();
      while (at < text.length()) {
        char c = text.charAt(at);
        if (c == '\'') {
          result.append(single());
        } else if (c == '"') {
          result.append(quoted());
        } else if (c == '$') {
          result.append(split(dollar()));
        } else if (c == escape) {
          at++;
          if (at < text.length()) {
            result.append(text.charAt(at++));
          }
        } else {
          result.append(c);
          at++;
        }
      }
      return result.toString();
    }

    private String split(String value) {
      if (!splits) {
        return value;
      }
      StringBuilder marked = new StringBuilder();
      for (int i = 0; i < value.length(); i++) {
        char c = value.charAt(i);
        marked.append(Character.isWhitespace(c) ? SPLIT : c);
      }
      return marked.toString();
    }

    private String single() {
      int end = text.indexOf('\'', at + 1);
      if (end < 0) {
        throw unclosed("'");
      }
      String inner = text.substring(at + 1, end);
      at = end + 1;
      return inner;
    }

    private String quoted() {
      StringBuilder result = new StringBuilder();
      at++;
      while (at < text.length()) {
        char c = text.charAt(at);
        if (c == '"') {
          at++;
          return result.toString();
        }
        if (c == '$') {
          result.append(dollar());
        } else if (c == escape && at + 1 < text.length()) {
          char next = text.charAt(at + 1);
          // As in a shell: only before these it has a meaning here.
          boolean special = next == '"' || next == '$' || next == escape;
          result.append(special ? "" : String.valueOf(c)).append(next);
          at += 2;
        } else {
          result.append(c);
          at++;
        }
      }
      throw unclosed("\"");
    }

    private RuntimeException unclosed(String quote) {
      return place.wrong(
          "a " + quote + " has no end: " + text, "close it, or escape it: \\" + quote);
    }

    String dollar() {
      at++;
      if (at >= text.length()) {
        return "$";
      }
      if (text.charAt(at) == '{') {
        at++;
        return braces();
      }
      String name = name();
      return name.isEmpty() ? "$" : variables.get(name).orElse("");
    }

    private String name() {
      int start = at;
      while (at < text.length() && isName(text.charAt(at), at > start)) {
        at++;
      }
      // What a shell knows as $1 or $? is not set here.
      if (at == start && at < text.length() && "0123456789@*#?-!".indexOf(text.charAt(at)) >= 0) {
        at++;
      }
      return text.substring(start, at);
    }

    private static boolean isName(char c, boolean behindFirst) {
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
      return letter || (behindFirst && c >= '0' && c <= '9');
    }

    private String braces() {
      String name = name();
      if (at >= text.length() || name.isEmpty()) {
        throw bad();
      }
      String value = variables.get(name).orElse(null);
      char c = text.charAt(at);
      if (c == '}') {
        at++;
        return value == null ? "" : value;
      }
      boolean colon = c == ':';
      at += colon ? 1 : 0;
      char operator = at < text.length() ? text.charAt(at) : '}';
      at++;
      boolean set = value != null && !(colon && value.isEmpty());
      return switch (operator) {
        case '-' -> {
          String other = operand();
          yield set && value != null ? value : other;
        }
        case '+' -> {
          String other = operand();
          yield set ? other : "";
        }
        case '?' -> required(name, set && value != null ? value : null);
        case '#', '%' -> trimmed(operator, value == null ? "" : value);
        case '/' -> replaced(value == null ? "" : value);
        default -> throw bad();
      };
    }

    private String required(String name, @Nullable String value) {
      String message = operand();
      if (value == null) {
        throw place.wrong(
            "${" + name + "}: " + (message.isEmpty() ? "it is not set" : message),
            "set it: --build-arg " + name + "=VALUE");
      }
      return value;
    }

    /// Returns what stands up to the closing brace, itself expanded.
    private String operand() {
      StringBuilder raw = new StringBuilder();
      String end = rawUpTo("}", raw);
      if (end.isEmpty()) {
        throw bad();
      }
      return new Walk(raw.toString()).all();
    }

    /// Takes a text up to one of some characters, those within quotes, escapes and inner braces not
    /// counted.
    ///
    /// @return the character that ended it, or empty at the end of all
    private String rawUpTo(String ends, StringBuilder raw) {
      int depth = 0;
      char quote = 0;
      while (at < text.length()) {
        char c = text.charAt(at);
        at++;
        if (c == escape && quote != '\'' && at < text.length()) {
          raw.append(c).append(text.charAt(at));
          at++;
          continue;
        }
        if (quote != 0) {
          quote = c == quote ? 0 : quote;
        } else if (c == '"' || c == '\'') {
          quote = c;
        } else if (c == '{' && raw.length() > 0 && raw.charAt(raw.length() - 1) == '$') {
          depth++;
        } else if (depth == 0 && ends.indexOf(c) >= 0) {
          return String.valueOf(c);
        } else if (c == '}') {
          depth--;
        }
        raw.append(c);
      }
      return "";
    }

    private String trimmed(char operator, String value) {
      boolean longest = at < text.length() && text.charAt(at) == operator;
      at += longest ? 1 : 0;
      Glob pattern = Glob.text(operand(), escape);
      return operator == '#'
          ? pattern.withoutPrefix(value, longest ? Glob.Greed.LONGEST : Glob.Greed.SHORTEST)
          : pattern.withoutSuffix(value, longest ? Glob.Greed.LONGEST : Glob.Greed.SHORTEST);
    }

    private String replaced(String value) {
      boolean all = at < text.length() && text.charAt(at) == '/';
      at += all ? 1 : 0;
      StringBuilder pattern = new StringBuilder();
      String end = rawUpTo("/}", pattern);
      if (end.isEmpty()) {
        throw bad();
      }
      String replacement = end.equals("/") ? operand() : "";
      String expanded = new Walk(pattern.toString()).all();
      return Glob.text(expanded, escape)
          .replaced(value, replacement, all ? Glob.Times.ALL : Glob.Times.FIRST);
    }

    private RuntimeException bad() {
      return place.wrong(
          "a ${ that can't be read: " + text,
          "write ${NAME}, ${NAME:-DEFAULT} or ${NAME:+VALUE}; a plain $ is \\$");
    }
  }
}
