package dev.brig.cli.output;

import dev.brig.error.UsageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The part of docker's and podman's output templates that people use: text with `{{.Field}}` in
/// it, where `\t` and `\n` stand for what they stand for elsewhere.
public final class Template {
  private final List<Part> parts;

  private Template(List<Part> parts) {
    this.parts = parts;
  }

  private record Part(String text, boolean field) {}

  /// Reads a template.
  ///
  /// @param option the option it was given with
  /// @param text the template
  /// @param fields the names that may stand in braces
  /// @throws UsageException naming the field that there is not
  public static Template parse(String option, String text, List<String> fields) {
    String rest = text.replace("\\t", "\t").replace("\\n", "\n");
    List<Part> parts = new ArrayList<>();
    while (!rest.isEmpty()) {
      int open = rest.indexOf("{{");
      int close = rest.indexOf("}}", Math.max(open, 0));
      if (open < 0) {
        parts.add(new Part(rest, /* field= */ false));
        break;
      }
      String name = close < 0 ? "" : rest.substring(open + 2, close).strip();
      if (!name.startsWith(".") || !fields.contains(name.substring(1))) {
        throw new UsageException(
            option + " \"" + text + "\"",
            close < 0 ? "\"{{\" without \"}}\"" : "there is no field {{" + name + "}}",
            "the fields are: {{." + String.join("}} {{.", fields) + "}}");
      }
      parts.add(new Part(rest.substring(0, open), /* field= */ false));
      parts.add(new Part(name.substring(1), /* field= */ true));
      rest = rest.substring(close + 2);
    }
    return new Template(parts);
  }

  /// Returns the text with the values in place of their names.
  public String fill(Map<String, String> values) {
    StringBuilder text = new StringBuilder();
    for (Part part : parts) {
      text.append(part.field() ? values.getOrDefault(part.text(), "") : part.text());
    }
    return text.toString();
  }
}
