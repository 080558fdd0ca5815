package dev.brig.image.registry;

import dev.brig.error.UsageException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The part of TOML that registries.conf is written in: tables, arrays of tables, strings, whole
/// numbers, booleans, and arrays of those.
///
/// Values are `String`, `Long`, `Boolean`, `List<Object>` and `Map<String, Object>`. Dates,
/// fractions, strings of several lines and inline tables are refused by their line's number.
///
/// @see <a href="https://toml.io/en/v1.0.0">TOML 1.0</a>
final class Toml {
  private final String text;
  private final String document;
  private final Map<String, Object> root = new LinkedHashMap<>();
  private Map<String, Object> table = root;
  private int at;

  private Toml(String text, String document) {
    this.text = text;
    this.document = document;
  }

  /// Reads a document.
  ///
  /// @param document what to call it in messages
  /// @throws UsageException naming the line that is not of the form
  static Map<String, Object> parse(String text, String document) {
    Toml toml = new Toml(text, document);
    toml.readAll();
    return toml.root;
  }

  private void readAll() {
    while (skipBlank()) {
      if (text.charAt(at) == '[') {
        header();
      } else {
        List<String> keys = keys('=');
        Map<String, Object> target = table;
        for (String key : keys.subList(0, keys.size() - 1)) {
          target = child(target, key);
        }
        Object value = value();
        if (target.putIfAbsent(keys.getLast(), value) != null) {
          throw wrong("the key \"" + keys.getLast() + "\" is there twice");
        }
      }
      endOfLine();
    }
  }

  private void header() {
    boolean array = text.startsWith("[[", at);
    at += array ? 2 : 1;
    List<String> keys = keys(']');
    if (array && !(at < text.length() && text.charAt(at++) == ']')) {
      throw wrong("\"[[\" without \"]]\"");
    }
    Map<String, Object> parent = root;
    for (String key : keys.subList(0, keys.size() - 1)) {
      parent = child(parent, key);
    }
    table = array ? element(parent, keys.getLast()) : child(parent, keys.getLast());
  }

  @SuppressWarnings("unchecked") // only this class puts maps and lists in, and only such
  private Map<String, Object> child(Map<String, Object> parent, String key) {
    Object found = parent.computeIfAbsent(key, _ -> new LinkedHashMap<String, Object>());
    if (found instanceof List<?> list && !list.isEmpty()) {
      found = list.getLast();
    }
    if (!(found instanceof Map)) {
      throw wrong("\"" + key + "\" is no table");
    }
    return (Map<String, Object>) found;
  }

  @SuppressWarnings("unchecked") // only this class puts lists in, and only such
  private Map<String, Object> element(Map<String, Object> parent, String key) {
    Object found = parent.computeIfAbsent(key, _ -> new ArrayList<Object>());
    if (!(found instanceof List)) {
      throw wrong("\"" + key + "\" is no array of tables");
    }
    Map<String, Object> element = new LinkedHashMap<>();
    ((List<Object>) found).add(element);
    return element;
  }

  private List<String> keys(char end) {
    List<String> keys = new ArrayList<>();
    while (true) {
      skipSpace();
      char c = peek();
      if (c == '"' || c == '\'') {
        keys.add(string());
      } else {
        int start = at;
        while (at < text.length() && isBare(text.charAt(at))) {
          at++;
        }
        if (at == start) {
          throw wrong("no key where one should be");
        }
        keys.add(text.substring(start, at));
      }
      skipSpace();
      char next = peek();
      at++;
      if (next == end) {
        return keys;
      }
      if (next != '.') {
        throw wrong("\"" + end + "\" is missing");
      }
    }
  }

  private static boolean isBare(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '_'
        || c == '-';
  }

  private Object value() {
    skipSpace();
    char c = peek();
    if (c == '"' || c == '\'') {
      return string();
    }
    if (c == '[') {
      return array();
    }
    int start = at;
    while (at < text.length() && " \t\r\n,]#".indexOf(text.charAt(at)) < 0) {
      at++;
    }
    String word = text.substring(start, at);
    return switch (word) {
      case "true" -> true;
      case "false" -> false;
      default -> number(word);
    };
  }

  private Long number(String word) {
    try {
      return Long.valueOf(word.replace("_", ""));
    } catch (NumberFormatException e) {
      throw wrong("\"" + word + "\" is neither a string, a whole number, true nor false");
    }
  }

  private List<Object> array() {
    List<Object> values = new ArrayList<>();
    at++;
    while (skipBlank()) {
      if (peek() == ']') {
        at++;
        return values;
      }
      values.add(value());
      if (!skipBlank()) {
        break;
      }
      if (peek() == ',') {
        at++;
      } else if (peek() != ']') {
        throw wrong("\",\" or \"]\" is missing");
      }
    }
    throw wrong("an array without its end");
  }

  private String string() {
    char quote = text.charAt(at++);
    if (text.startsWith("" + quote + quote, at)) {
      throw wrong("a string of several lines");
    }
    StringBuilder value = new StringBuilder();
    while (peek() != quote) {
      char c = text.charAt(at++);
      if (c == '\n') {
        throw wrong("a string without its end");
      }
      value.append(c == '\\' && quote == '"' ? escaped() : c);
    }
    at++;
    return value.toString();
  }

  private char escaped() {
    char c = peek();
    at++;
    return switch (c) {
      case '"', '\\' -> c;
      case 'n' -> '\n';
      case 't' -> '\t';
      default -> throw wrong("an unknown escape \"\\" + c + "\"");
    };
  }

  private char peek() {
    if (at >= text.length()) {
      throw wrong("it ends too early");
    }
    return text.charAt(at);
  }

  private void skipSpace() {
    while (at < text.length() && " \t".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  /// Skips empty lines and comments.
  ///
  /// @return whether anything follows
  private boolean skipBlank() {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '#') {
        int end = text.indexOf('\n', at);
        at = end < 0 ? text.length() : end;
      } else if (" \t\r\n".indexOf(c) >= 0) {
        at++;
      } else {
        return true;
      }
    }
    return false;
  }

  private void endOfLine() {
    skipSpace();
    if (at < text.length() && "\r\n#".indexOf(text.charAt(at)) < 0) {
      throw wrong("more follows where the line should end");
    }
  }

  private UsageException wrong(String finding) {
    int line = 1;
    for (int i = 0; i < Math.min(at, text.length()); i++) {
      line += text.charAt(i) == '\n' ? 1 : 0;
    }
    return new UsageException(document + " line " + line, finding, "");
  }
}
