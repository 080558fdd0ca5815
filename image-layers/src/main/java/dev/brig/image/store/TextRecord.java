package dev.brig.image.store;

import dev.brig.linux.KernelText;
import java.util.ArrayList;
import java.util.List;

/// A small text file of lines, each a key, a space and a value: what brig writes for itself to read
/// back.
///
/// It is read on the way to every container, and read in one go without a parser that would have to
/// be loaded first. Backslashes and line feeds in values are escaped.
final class TextRecord {
  private final List<String> keys = new ArrayList<>();
  private final List<String> values = new ArrayList<>();

  /// Adds a line.
  TextRecord add(String key, String value) {
    keys.add(key);
    values.add(value);
    return this;
  }

  /// Adds a line for each value.
  TextRecord addAll(String key, List<String> all) {
    for (String value : all) {
      add(key, value);
    }
    return this;
  }

  /// Returns all values of a key, in order.
  List<String> all(String key) {
    List<String> found = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      if (keys.get(i).equals(key)) {
        found.add(values.get(i));
      }
    }
    return found;
  }

  /// Returns the first value of a key, or an empty string.
  String first(String key) {
    int at = keys.indexOf(key);
    return at < 0 ? "" : values.get(at);
  }

  /// Returns the file's contents.
  byte[] bytes() {
    StringBuilder text = new StringBuilder(512);
    for (int i = 0; i < keys.size(); i++) {
      String value = values.get(i).replace("\\", "\\\\").replace("\n", "\\n");
      text.append(keys.get(i)).append(' ').append(value).append('\n');
    }
    return KernelText.encode(text.toString());
  }

  /// Reads a file's contents. Lines that are none are passed over: a record of another version is
  /// then found to lack its first line.
  static TextRecord parse(byte[] bytes) {
    String text = KernelText.decode(bytes);
    TextRecord parsed = new TextRecord();
    int start = 0;
    while (start < text.length()) {
      int end = text.indexOf('\n', start);
      int space = text.indexOf(' ', start);
      if (end < 0) {
        break;
      }
      if (space >= 0 && space < end) {
        parsed.add(text.substring(start, space), unescape(text.substring(space + 1, end)));
      }
      start = end + 1;
    }
    return parsed;
  }

  private static String unescape(String value) {
    if (value.indexOf('\\') < 0) {
      return value;
    }
    StringBuilder plain = new StringBuilder(value.length());
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '\\' && i + 1 < value.length()) {
        i++;
        plain.append(value.charAt(i) == 'n' ? '\n' : value.charAt(i));
      } else {
        plain.append(c);
      }
    }
    return plain.toString();
  }
}
