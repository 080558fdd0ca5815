package dev.brig.cli.output;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.brig.error.UsageException;
import java.util.Locale;

/// A template whose fields are paths into JSON: `{{.state.pid}}`, `{{json .mounts}}`,
/// `{{.process.args}}`. Names are found in either case, as docker and podman write them with
/// capital letters.
public final class JsonTemplate {
  private JsonTemplate() {}

  /// Returns what `--format` makes of an array: a line for each element, or the array as it is
  /// where there is no template, or only `json`.
  ///
  /// @param template the value of `--format`, or empty
  /// @param array the text of the array
  /// @throws UsageException naming the path that leads nowhere
  public static String each(String template, String array) {
    if (template.isEmpty() || template.equals("json")) {
      return array;
    }
    StringBuilder lines = new StringBuilder();
    for (JsonElement element : JsonParser.parseString(array).getAsJsonArray()) {
      lines.append(fill("--format", template, element)).append('\n');
    }
    return lines.toString();
  }

  /// Returns the template with the values in place of their paths.
  ///
  /// @param option the option that it was given with
  /// @param template the template
  /// @param root what the paths lead into
  /// @throws UsageException naming the path that leads nowhere
  public static String fill(String option, String template, JsonElement root) {
    StringBuilder filled = new StringBuilder();
    String rest = template.replace("\\t", "\t").replace("\\n", "\n");
    while (!rest.isEmpty()) {
      int open = rest.indexOf("{{");
      int close = rest.indexOf("}}", Math.max(open, 0));
      if (open < 0) {
        return filled.append(rest).toString();
      }
      if (close < 0) {
        throw new UsageException(option + " \"" + template + "\"", "\"{{\" without \"}}\"", "");
      }
      filled.append(rest, 0, open).append(value(option, rest.substring(open + 2, close), root));
      rest = rest.substring(close + 2);
    }
    return filled.toString();
  }

  private static String value(String option, String text, JsonElement root) {
    String path = text.strip();
    boolean json = path.startsWith("json ");
    String plain = json ? path.substring("json ".length()).strip() : path;
    if (!plain.startsWith(".")) {
      throw new UsageException(
          option + " \"{{" + text + "}}\"",
          "not a path; write {{.state.pid}} or {{json .mounts}}",
          "without the option, brig inspect shows all there is");
    }
    JsonElement found = root;
    for (String name : plain.substring(1).split("\\.", -1)) {
      if (!name.isEmpty()) {
        found = member(option, text, found, name);
      }
    }
    return json || !found.isJsonPrimitive() ? shown(found, json) : found.getAsString();
  }

  /// An array without `json` is written as docker writes it, in brackets and with blanks between.
  private static String shown(JsonElement element, boolean json) {
    if (json || !(element instanceof JsonArray array)) {
      return element.toString();
    }
    StringBuilder text = new StringBuilder("[");
    for (JsonElement each : array) {
      text.append(text.length() == 1 ? "" : " ");
      text.append(each.isJsonPrimitive() ? each.getAsString() : each.toString());
    }
    return text.append(']').toString();
  }

  private static JsonElement member(String option, String text, JsonElement in, String name) {
    if (in instanceof JsonObject object) {
      for (String key : object.keySet()) {
        if (key.toLowerCase(Locale.ROOT).equals(name.toLowerCase(Locale.ROOT))) {
          return object.get(key);
        }
      }
      throw new UsageException(
          option + " \"{{" + text + "}}\"",
          "there is no field \"" + name + "\"",
          "the fields there are: " + String.join(" ", object.keySet()));
    }
    throw new UsageException(
        option + " \"{{" + text + "}}\"", "\"" + name + "\" is asked of what has no fields", "");
  }
}
