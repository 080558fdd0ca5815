package dev.brig.cli.value;

import dev.brig.error.UsageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Texts of the form `NAME=VALUE`.
public final class Pairs {
  private Pairs() {}

  /// Returns the name and the value; the value is empty where there is no `=`.
  public static Map.Entry<String, String> parse(String option, String text) {
    int equals = text.indexOf('=');
    String name = equals < 0 ? text : text.substring(0, equals);
    if (name.isEmpty()) {
      throw Wrong.value(option, text, "has no name; write NAME=VALUE");
    }
    return Map.entry(name, equals < 0 ? "" : text.substring(equals + 1));
  }

  /// Returns the name and the value of a text that must have both.
  public static Map.Entry<String, String> parseWhole(String option, String text) {
    if (text.indexOf('=') < 0) {
      throw Wrong.value(option, text, "has no value; write NAME=VALUE");
    }
    return parse(option, text);
  }

  /// Returns `NAME=VALUE`; a bare `NAME` takes its value from the caller's environment, and is
  /// nothing if it is not set there; `NAME*` takes all that begin so.
  ///
  /// @param caller the caller's environment
  public static List<String> environment(String option, String text, Map<String, String> caller) {
    if (text.indexOf('=') >= 0) {
      parse(option, text);
      return List.of(text);
    }
    if (text.isEmpty()) {
      throw Wrong.value(option, text, "has no name; write NAME=VALUE");
    }
    if (text.endsWith("*")) {
      String prefix = text.substring(0, text.length() - 1);
      List<String> variables = new ArrayList<>();
      for (Map.Entry<String, String> variable : new TreeMap<>(caller).entrySet()) {
        if (variable.getKey().startsWith(prefix)) {
          variables.add(variable.getKey() + "=" + variable.getValue());
        }
      }
      return variables;
    }
    String value = caller.get(text);
    return value == null ? List.of() : List.of(text + "=" + value);
  }

  /// Returns the variables of an environment file: one to a line, `#` begins a comment line.
  ///
  /// @param file the file's name, for the complaint
  /// @param lines its lines
  /// @param caller the caller's environment
  public static List<String> environmentFile(
      String file, List<String> lines, Map<String, String> caller) {
    List<String> variables = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).stripLeading();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      int equals = line.indexOf('=');
      String name = equals < 0 ? line.stripTrailing() : line.substring(0, equals);
      if (name.isEmpty() || name.indexOf(' ') >= 0 || name.indexOf('\t') >= 0) {
        throw new UsageException(
            "--env-file " + Wrong.quoted(file),
            "line " + (i + 1) + " is not NAME=VALUE: " + Wrong.quoted(line),
            "");
      }
      variables.addAll(environment("--env-file", equals < 0 ? name : line, caller));
    }
    return variables;
  }
}
