package dev.brig.image.registry;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// A way of identifying oneself that a server offers: one challenge of a `WWW-Authenticate` header.
///
/// @param scheme in lower case: `bearer`, `basic`
/// @param parameters by their names in lower case
/// @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1">RFC 9110, section
///   11.6.1</a>
record Challenge(String scheme, Map<String, String> parameters) {
  Challenge {
    parameters = Map.copyOf(parameters);
  }

  /// Returns a parameter, or empty.
  String parameter(String name) {
    return parameters.getOrDefault(name, "");
  }

  /// Reads the values of all headers of this name. What is malformed ends the reading of its
  /// header.
  static List<Challenge> parse(List<String> headers) {
    List<Challenge> challenges = new ArrayList<>();
    for (String header : headers) {
      new Reader(header).readInto(challenges);
    }
    return challenges;
  }

  /// Reads one header: commas separate challenges as well as parameters, and may be quoted.
  private static final class Reader {
    private final String text;
    private int at;

    Reader(String text) {
      this.text = text;
    }

    void readInto(List<Challenge> challenges) {
      String scheme = "";
      Map<String, String> parameters = new LinkedHashMap<>();
      while (skipTo()) {
        String token = token();
        if (token.isEmpty()) {
          break;
        }
        if (isAt('=')) {
          at++;
          parameters.putIfAbsent(token.toLowerCase(Locale.ROOT), value());
        } else {
          add(challenges, scheme, parameters);
          scheme = token.toLowerCase(Locale.ROOT);
          parameters = new LinkedHashMap<>();
        }
      }
      add(challenges, scheme, parameters);
    }

    private static void add(
        List<Challenge> challenges, String scheme, Map<String, String> parameters) {
      if (!scheme.isEmpty()) {
        challenges.add(new Challenge(scheme, parameters));
      }
    }

    private boolean skipTo() {
      while (at < text.length() && " \t,".indexOf(text.charAt(at)) >= 0) {
        at++;
      }
      return at < text.length();
    }

    private boolean isAt(char c) {
      int next = at;
      while (next < text.length() && text.charAt(next) == ' ') {
        next++;
      }
      if (next < text.length() && text.charAt(next) == c) {
        at = next;
        return true;
      }
      return false;
    }

    private String token() {
      int start = at;
      while (at < text.length() && " \t,=\"".indexOf(text.charAt(at)) < 0) {
        at++;
      }
      return text.substring(start, at);
    }

    private String value() {
      while (at < text.length() && text.charAt(at) == ' ') {
        at++;
      }
      if (at >= text.length() || text.charAt(at) != '"') {
        return token();
      }
      at++;
      StringBuilder value = new StringBuilder();
      while (at < text.length() && text.charAt(at) != '"') {
        if (text.charAt(at) == '\\' && at + 1 < text.length()) {
          at++;
        }
        value.append(text.charAt(at++));
      }
      at++;
      return value.toString();
    }
  }
}
