package dev.brig.cli.output;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Map;

/// Writes JSON for scripts: indented, with properties in the order in which they are added.
public final class Json {
  private final StringWriter text = new StringWriter();
  private final JsonWriter out = new JsonWriter(text);

  /// Makes an empty document.
  public Json() {
    out.setIndent("  ");
    out.setHtmlSafe(false);
  }

  /// Begins an array.
  public Json beginArray() {
    return attempt(out::beginArray);
  }

  /// Ends it.
  public Json endArray() {
    return attempt(out::endArray);
  }

  /// Begins an object.
  public Json beginObject() {
    return attempt(out::beginObject);
  }

  /// Ends it.
  public Json endObject() {
    return attempt(out::endObject);
  }

  /// Begins a property, whose value follows.
  public Json name(String name) {
    return attempt(() -> out.name(name));
  }

  /// Adds a value.
  public Json value(String value) {
    return attempt(() -> out.value(value));
  }

  /// Adds a property.
  public Json property(String name, String value) {
    return attempt(() -> out.name(name).value(value));
  }

  /// Adds a property.
  public Json property(String name, long value) {
    return attempt(() -> out.name(name).value(value));
  }

  /// Adds a property that is true or false.
  public Json flag(String name, boolean value) {
    return attempt(() -> out.name(name).value(value));
  }

  /// Adds a property that is an array of texts.
  public Json property(String name, Iterable<String> values) {
    name(name).beginArray();
    for (String value : values) {
      value(value);
    }
    return endArray();
  }

  /// Adds a property that is an object of texts.
  public Json property(String name, Map<String, String> values) {
    name(name).beginObject();
    for (Map.Entry<String, String> value : values.entrySet()) {
      property(value.getKey(), value.getValue());
    }
    return endObject();
  }

  /// Adds a value that is JSON already, as somebody else wrote it.
  public Json element(JsonElement element) {
    switch (element) {
      case JsonObject object -> {
        beginObject();
        for (Map.Entry<String, JsonElement> member : object.entrySet()) {
          name(member.getKey()).element(member.getValue());
        }
        endObject();
      }
      case JsonArray array -> {
        beginArray();
        array.forEach(this::element);
        endArray();
      }
      case JsonPrimitive primitive when primitive.isString() -> value(primitive.getAsString());
      // true, false, null and numbers are written as they are.
      default -> attempt(() -> out.jsonValue(element.toString()));
    }
    return this;
  }

  /// Returns the document with a line break at its end.
  public String text() {
    return text + "\n";
  }

  @FunctionalInterface
  private interface Action {
    void run() throws IOException;
  }

  private Json attempt(Action action) {
    try {
      action.run();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
  }
}
