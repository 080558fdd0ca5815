package dev.brig.runtime.json;

import com.google.gson.FormattingStyle;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A JSON document written from front to back, two spaces a level.
///
/// The methods that take a name write nothing if the value is absent: null, empty or false.
public final class JsonOut {
  private final JsonWriter writer;

  /// Starts a document.
  public JsonOut(Writer text) {
    writer = new JsonWriter(text);
    writer.setFormattingStyle(FormattingStyle.PRETTY);
    writer.setHtmlSafe(false);
  }

  /// Starts a document that is one line.
  public static JsonOut onOneLine(Writer text) {
    JsonOut out = new JsonOut(text);
    out.writer.setFormattingStyle(FormattingStyle.COMPACT);
    return out;
  }

  /// Opens an object.
  public void beginObject() {
    try {
      writer.beginObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Opens an object that is a property.
  public void beginObject(String name) {
    name(name);
    beginObject();
  }

  /// Closes an object.
  public void endObject() {
    try {
      writer.endObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Opens an array that is the document.
  public void beginArray() {
    try {
      writer.beginArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Opens an array that is a property.
  public void beginArray(String name) {
    name(name);
    beginArray();
  }

  /// Closes an array.
  public void endArray() {
    try {
      writer.endArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Writes a string that must be there, even if it is empty.
  public void required(String name, String value) {
    name(name);
    element(value);
  }

  /// Writes a string unless it is empty.
  public void optional(String name, String value) {
    if (!value.isEmpty()) {
      required(name, value);
    }
  }

  /// Writes a boolean that must be there.
  public void required(String name, boolean value) {
    name(name);
    try {
      writer.value(value);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Writes a boolean unless it is null.
  public void optional(String name, @Nullable Boolean value) {
    if (value != null) {
      required(name, value.booleanValue());
    }
  }

  /// Writes a boolean if it is true.
  public void ifTrue(String name, boolean value) {
    if (value) {
      required(name, value);
    }
  }

  /// Writes a signed number that must be there.
  public void required(String name, long value) {
    name(name);
    element(value);
  }

  /// Writes a signed number unless it is null.
  public void optional(String name, @Nullable Long value) {
    if (value != null) {
      required(name, value.longValue());
    }
  }

  /// Writes a number unless it is null.
  public void optional(String name, @Nullable Integer value) {
    if (value != null) {
      required(name, value.longValue());
    }
  }

  /// Writes a signed number unless it is zero.
  public void nonZero(String name, long value) {
    if (value != 0) {
      required(name, value);
    }
  }

  /// Writes an unsigned number that must be there.
  public void unsigned(String name, long value) {
    name(name);
    try {
      writer.jsonValue(Long.toUnsignedString(value));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Writes an unsigned number unless it is null.
  public void optionalUnsigned(String name, @Nullable Long value) {
    if (value != null) {
      unsigned(name, value);
    }
  }

  /// Writes an array of strings unless it is empty.
  public void strings(String name, List<String> values) {
    if (!values.isEmpty()) {
      allStrings(name, values);
    }
  }

  /// Writes an array of strings, even an empty one.
  public void allStrings(String name, List<String> values) {
    beginArray(name);
    for (String value : values) {
      element(value);
    }
    endArray();
  }

  /// Writes an array of names unless it is empty.
  public void constants(String name, List<? extends Enum<?>> values) {
    if (values.isEmpty()) {
      return;
    }
    beginArray(name);
    for (Enum<?> value : values) {
      element(value.name());
    }
    endArray();
  }

  /// Writes an object of strings unless it is empty.
  public void stringMap(String name, Map<String, String> values) {
    if (values.isEmpty()) {
      return;
    }
    beginObject(name);
    for (Map.Entry<String, String> entry : values.entrySet()) {
      required(entry.getKey(), entry.getValue());
    }
    endObject();
  }

  /// Writes a string that is an element of an array.
  public void element(String value) {
    try {
      writer.value(value);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Writes a number that is an element of an array.
  public void element(long value) {
    try {
      writer.value(value);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Writes the name of a property whose value follows.
  public void name(String name) {
    try {
      writer.name(name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
