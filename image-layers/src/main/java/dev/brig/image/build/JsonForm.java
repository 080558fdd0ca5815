package dev.brig.image.build;

import com.google.gson.JsonPrimitive;
import dev.brig.image.ImageException;
import dev.brig.image.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The form of an instruction's arguments that is a JSON array of strings.
final class JsonForm {
  private JsonForm() {}

  /// Returns the strings, or empty if the text is anything else: it is then taken for words, as all
  /// builders do.
  static Optional<List<String>> read(String text) {
    if (!text.startsWith("[")) {
      return Optional.empty();
    }
    try {
      List<String> words = new ArrayList<>();
      JsonNode json = JsonNode.parse(text.getBytes(StandardCharsets.UTF_8), "arguments");
      for (JsonNode element : json.elements()) {
        words.add(element.text());
      }
      return Optional.of(List.copyOf(words));
    } catch (ImageException _) {
      // [ is a command, too: test(1).
      return Optional.empty();
    }
  }

  /// Returns the JSON array of these strings.
  static String write(List<String> words) {
    StringBuilder text = new StringBuilder("[");
    for (int i = 0; i < words.size(); i++) {
      text.append(i == 0 ? "" : ",").append(new JsonPrimitive(words.get(i)));
    }
    return text.append(']').toString();
  }
}
