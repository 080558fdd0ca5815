package dev.brig.cli.bundle;

import java.util.ArrayList;
import java.util.List;

/// Text files of lines whose fields are separated by colons.
final class ColonFile {
  /// The highest id: the one above it, all bits set, means "none" to the kernel.
  private static final long ID_MAX = 0xffff_fffeL;

  private ColonFile() {}

  /// Returns the fields of each line that is neither empty nor a comment.
  static List<List<String>> lines(String text) {
    List<List<String>> lines = new ArrayList<>();
    for (String line : split(text, '\n')) {
      String trimmed = line.strip();
      if (!trimmed.isEmpty() && trimmed.charAt(0) != '#') {
        lines.add(fields(trimmed));
      }
    }
    return lines;
  }

  /// Returns the id that the text is, or -1.
  static long id(String text) {
    long id = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9' || i == 10) {
        return -1;
      }
      id = id * 10 + (c - '0');
    }
    return text.isEmpty() || id > ID_MAX ? -1 : id;
  }

  /// Tells whether the text is a number, be it an id that Linux has or not.
  static boolean isNumber(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return !text.isEmpty();
  }

  /// Returns the parts between separators that are not empty.
  static List<String> split(String text, char separator) {
    List<String> parts = new ArrayList<>();
    int from = 0;
    while (from <= text.length()) {
      int to = text.indexOf(separator, from);
      to = to < 0 ? text.length() : to;
      if (to > from) {
        parts.add(text.substring(from, to));
      }
      from = to + 1;
    }
    return parts;
  }

  private static List<String> fields(String line) {
    List<String> fields = new ArrayList<>();
    int from = 0;
    while (from <= line.length()) {
      int to = line.indexOf(':', from);
      to = to < 0 ? line.length() : to;
      fields.add(line.substring(from, to));
      from = to + 1;
    }
    return fields;
  }
}
