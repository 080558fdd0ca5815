package dev.brig.image.build;

import dev.brig.error.Spelling;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The options of an instruction, `--from=build`, which stand before everything else.
///
/// @param place the instruction's place
/// @param values names and values in their order; a flag without `=` has the value `true`
/// @param rest what follows them
record Flags(Place place, List<Map.Entry<String, String>> values, String rest) {
  Flags {
    values = List.copyOf(values);
  }

  /// Takes the options from the beginning of an instruction's arguments.
  static Flags of(Place place, String text) {
    List<Map.Entry<String, String>> values = new ArrayList<>();
    String rest = text.strip();
    while (rest.startsWith("--")) {
      int end = end(rest);
      String word = rest.substring(2, end);
      rest = rest.substring(end).strip();
      if (word.isEmpty()) {
        break;
      }
      int equals = word.indexOf('=');
      values.add(
          equals < 0
              ? Map.entry(word, "true")
              : Map.entry(word.substring(0, equals), unquoted(word.substring(equals + 1))));
    }
    return new Flags(place, values, rest);
  }

  private static int end(String text) {
    char quote = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quote != 0) {
        quote = c == quote ? 0 : quote;
      } else if (c == '"' || c == '\'') {
        quote = c;
      } else if (Character.isWhitespace(c)) {
        return i;
      }
    }
    return text.length();
  }

  private static String unquoted(String value) {
    int last = value.length() - 1;
    boolean quoted =
        last > 0
            && (value.charAt(0) == '"' || value.charAt(0) == '\'')
            && value.charAt(last) == value.charAt(0);
    return quoted ? value.substring(1, last) : value;
  }

  /// Refuses options that an instruction does not have.
  ///
  /// @param keyword the instruction
  /// @param allowed the options that it has
  /// @throws dev.brig.error.UsageException naming the first that is not allowed
  Flags allow(String keyword, List<String> allowed) {
    for (Map.Entry<String, String> value : values) {
      if (!allowed.contains(value.getKey())) {
        List<String> near = Spelling.near(value.getKey(), allowed);
        String all = allowed.isEmpty() ? "no options" : "--" + String.join(", --", allowed);
        throw place.wrong(
            keyword + " has no option --" + value.getKey(),
            near.isEmpty()
                ? keyword + " takes " + all
                : "did you mean --" + String.join(" or --", near) + "?");
      }
    }
    return this;
  }

  /// Returns an option's last value, or the other text.
  String value(String name, String absent) {
    String found = absent;
    for (Map.Entry<String, String> value : values) {
      found = value.getKey().equals(name) ? value.getValue() : found;
    }
    return found;
  }

  /// Returns all values of an option.
  List<String> all(String name) {
    List<String> found = new ArrayList<>();
    for (Map.Entry<String, String> value : values) {
      if (value.getKey().equals(name)) {
        found.add(value.getValue());
      }
    }
    return found;
  }

  /// Tells whether a switch is on: `--link`, `--link=true`.
  ///
  /// @throws dev.brig.error.UsageException if its value is neither true nor false
  boolean has(String name) {
    String value = value(name, "false");
    return switch (value) {
      case "true", "1" -> true;
      case "false", "0" -> false;
      default -> throw place.wrong("--" + name + "=" + value + " is not true or false", "");
    };
  }
}
