package dev.brig.image.registry;

import dev.brig.error.UsageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A table of a TOML document, whose values are asked for by their types.
final class TomlTable {
  private final Map<String, Object> values;
  private final String document;

  TomlTable(Map<String, Object> values, String document) {
    this.values = values;
    this.document = document;
  }

  boolean has(String key) {
    return values.containsKey(key);
  }

  /// Returns a string, or empty if there is none.
  String text(String key) {
    return switch (values.get(key)) {
      case null -> "";
      case String text -> text;
      default -> throw wrong(key, "not a string", "");
    };
  }

  /// Returns a boolean, false if there is none.
  boolean flag(String key) {
    return switch (values.get(key)) {
      case null -> false;
      case Boolean flag -> flag;
      default -> throw wrong(key, "neither true nor false", "");
    };
  }

  /// Returns the strings of an array.
  List<String> texts(String key) {
    List<String> texts = new ArrayList<>();
    for (Object value : list(key)) {
      if (!(value instanceof String text)) {
        throw wrong(key, "not an array of strings", "");
      }
      texts.add(text);
    }
    return texts;
  }

  /// Returns a table, an empty one if there is none.
  TomlTable table(String key) {
    return switch (values.get(key)) {
      case null -> new TomlTable(Map.of(), document);
      case Map<?, ?> table -> of(table);
      default -> throw wrong(key, "not a table", "");
    };
  }

  /// Returns the tables of an array.
  List<TomlTable> tables(String key) {
    List<TomlTable> tables = new ArrayList<>();
    for (Object value : list(key)) {
      if (!(value instanceof Map<?, ?> table)) {
        throw wrong(key, "not an array of tables", "");
      }
      tables.add(of(table));
    }
    return tables;
  }

  /// Puts the table's strings into a map; an empty one takes its key away.
  void putInto(Map<String, String> target) {
    for (String key : values.keySet()) {
      String value = text(key);
      if (value.isEmpty()) {
        target.remove(key);
      } else {
        target.put(key, value);
      }
    }
  }

  private List<?> list(String key) {
    return switch (values.get(key)) {
      case null -> List.of();
      case List<?> list -> list;
      default -> throw wrong(key, "not an array", "");
    };
  }

  @SuppressWarnings("unchecked") // Toml makes no others
  private TomlTable of(Map<?, ?> table) {
    return new TomlTable((Map<String, Object>) table, document);
  }

  UsageException wrong(String key, String finding, String hint) {
    return new UsageException(document + ": " + key, finding, hint);
  }
}
