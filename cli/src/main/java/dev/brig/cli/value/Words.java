package dev.brig.cli.value;

import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;

/// What `--entrypoint` takes.
public final class Words {
  private Words() {}

  /// Returns the words of a command: the text as one word, none if it is empty, or those of a JSON
  /// array of strings, as podman has it.
  ///
  /// @throws dev.brig.error.UsageException if what begins as an array is none of strings
  public static List<String> parse(String option, String text) {
    if (text.isEmpty()) {
      return List.of();
    }
    return text.startsWith("[") ? array(option, text) : List.of(text);
  }

  private static List<String> array(String option, String text) {
    List<String> words = new ArrayList<>();
    try (JsonReader in = new JsonReader(new StringReader(text))) {
      in.beginArray();
      while (in.peek() == JsonToken.STRING) {
        words.add(in.nextString());
      }
      in.endArray();
      if (in.peek() == JsonToken.END_DOCUMENT) {
        return words;
      }
    } catch (IOException | IllegalStateException _) {
      // Told below.
    }
    throw Wrong.value(option, text, "not a JSON array of strings ([\"sh\", \"-c\"])");
  }
}
