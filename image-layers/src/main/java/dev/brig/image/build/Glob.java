package dev.brig.image.build;

import dev.brig.error.UsageException;
import java.util.BitSet;

/// A pattern with `*`, `?`, `[a-z]` and escapes, matched without regular expressions.
///
/// Two families: of paths, where `*` and `?` stop at a slash and `**` does not (Go's filepath.Match
/// and what Docker added to it), and of texts, where they match everything.
///
/// @see <a href="https://pkg.go.dev/path/filepath#Match">filepath.Match</a>
public final class Glob {
  private final String pattern;
  private final char escape;
  private final boolean paths;

  private Glob(String pattern, char escape, boolean paths) {
    this.pattern = pattern;
    this.escape = escape;
    this.paths = paths;
  }

  /// Returns a pattern of paths.
  ///
  /// @param pattern the pattern, slashes between its parts
  /// @throws UsageException if it can't be one: a class without an end, an escape at the end
  public static Glob path(String pattern) {
    Glob glob = new Glob(pattern, '\\', /* paths= */ true);
    glob.check();
    return glob;
  }

  /// Returns a pattern of texts.
  static Glob text(String pattern, char escape) {
    return new Glob(pattern, escape, /* paths= */ false);
  }

  /// Tells whether a text has characters that are special in a pattern.
  static boolean isPattern(String text) {
    return text.indexOf('*') >= 0 || text.indexOf('?') >= 0 || text.indexOf('[') >= 0;
  }

  /// How much of a text a pattern takes.
  enum Greed {
    SHORTEST,
    LONGEST
  }

  /// How often something is replaced.
  enum Times {
    FIRST,
    ALL
  }

  private void check() {
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      if (c == escape) {
        i++;
        if (i == pattern.length()) {
          throw bad("it ends in an escape");
        }
      } else if (c == '[') {
        i = classEnd(i);
        if (i < 0) {
          throw bad("a [ without its ]");
        }
      }
    }
  }

  private UsageException bad(String finding) {
    return new UsageException("pattern \"" + pattern + "\"", finding, "");
  }

  /// Returns where the class that begins here ends, or -1.
  private int classEnd(int start) {
    int i = start + 1;
    i += i < pattern.length() && (pattern.charAt(i) == '^' || pattern.charAt(i) == '!') ? 1 : 0;
    int first = i;
    while (i < pattern.length()) {
      char c = pattern.charAt(i);
      if (c == escape) {
        i++;
      } else if (c == ']' && i > first) {
        return i;
      }
      i++;
    }
    return -1;
  }

  /// Tells whether the pattern matches the whole text.
  public boolean matches(String text) {
    return new Match(text).from(0, 0);
  }

  /// One match. What was found not to match is remembered, so that many stars take no longer than
  /// the product of both lengths.
  private final class Match {
    private final String text;
    private final BitSet failed = new BitSet();

    Match(String text) {
      this.text = text;
    }

    boolean from(int p, int t) {
      int state = p * (text.length() + 1) + t;
      if (failed.get(state)) {
        return false;
      }
      boolean matched = fresh(p, t);
      failed.set(state, !matched);
      return matched;
    }

    private boolean fresh(int p, int t) {
      int at = p;
      int read = t;
      while (at < pattern.length()) {
        char c = pattern.charAt(at);
        if (c == '*') {
          return star(at, read);
        }
        if (read >= text.length()) {
          return false;
        }
        char here = text.charAt(read);
        int next = one(at, here);
        if (next < 0) {
          return false;
        }
        at = next;
        read++;
      }
      return read == text.length();
    }

    private boolean star(int p, int t) {
      boolean across = !paths || pattern.startsWith("**", p);
      int rest = p;
      while (rest < pattern.length() && pattern.charAt(rest) == '*') {
        rest++;
      }
      // "**/" also stands for nothing at all.
      boolean directories =
          paths && across && rest < pattern.length() && pattern.charAt(rest) == '/';
      if (directories && (t == 0 || text.charAt(t - 1) == '/') && from(rest + 1, t)) {
        return true;
      }
      for (int i = t; i <= text.length(); i++) {
        if (from(rest, i)) {
          return true;
        }
        if (i < text.length() && text.charAt(i) == '/' && !across) {
          return false;
        }
      }
      return false;
    }
  }

  /// Matches one character.
  ///
  /// @return where the pattern goes on, or -1 if it does not match
  private int one(int p, char here) {
    char c = pattern.charAt(p);
    if (c == '?') {
      return paths && here == '/' ? -1 : p + 1;
    }
    if (c == '[') {
      int end = classEnd(p);
      if (end > 0) {
        return !(paths && here == '/') && inClass(p + 1, end, here) ? end + 1 : -1;
      }
    }
    if (c == escape && p + 1 < pattern.length()) {
      return pattern.charAt(p + 1) == here ? p + 2 : -1;
    }
    return c == here ? p + 1 : -1;
  }

  private boolean inClass(int start, int end, char here) {
    boolean negated = pattern.charAt(start) == '^' || (pattern.charAt(start) == '!' && !paths);
    boolean found = false;
    for (int i = negated ? start + 1 : start; i < end; i++) {
      i += pattern.charAt(i) == escape ? 1 : 0;
      char low = pattern.charAt(i);
      char high = low;
      if (i + 2 < end && pattern.charAt(i + 1) == '-') {
        i += 2;
        i += pattern.charAt(i) == escape ? 1 : 0;
        high = pattern.charAt(i);
      }
      found |= low <= here && here <= high;
    }
    return found != negated;
  }

  /// Returns the text without the beginning that matches.
  String withoutPrefix(String text, Greed greed) {
    for (int i = 0; i <= text.length(); i++) {
      int length = greed == Greed.SHORTEST ? i : text.length() - i;
      if (matches(text.substring(0, length))) {
        return text.substring(length);
      }
    }
    return text;
  }

  /// Returns the text without the end that matches.
  String withoutSuffix(String text, Greed greed) {
    for (int i = 0; i <= text.length(); i++) {
      int length = greed == Greed.SHORTEST ? i : text.length() - i;
      if (matches(text.substring(text.length() - length))) {
        return text.substring(0, text.length() - length);
      }
    }
    return text;
  }

  /// Returns the text with what matches replaced, the longest match at each place.
  String replaced(String text, String replacement, Times times) {
    StringBuilder result = new StringBuilder();
    int at = 0;
    while (at < text.length()) {
      int end = longest(text, at);
      if (end <= at) {
        result.append(text.charAt(at));
        at++;
        continue;
      }
      result.append(replacement);
      at = end;
      if (times == Times.FIRST) {
        break;
      }
    }
    return result.append(text.substring(at)).toString();
  }

  private int longest(String text, int start) {
    for (int end = text.length(); end > start; end--) {
      if (matches(text.substring(start, end))) {
        return end;
      }
    }
    return -1;
  }

  /// Returns the pattern.
  @Override
  public String toString() {
    return pattern;
  }
}
