package dev.brig.runtime.json;

import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import java.io.EOFException;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A JSON document read from front to back, with the JSON pointer of where the reading is.
///
/// The loop over an object is `in.beginObject(); while (in.nextName()) { switch (in.name()) … }`,
/// the loop over an array `in.beginArray(); while (in.nextElement()) …`; both loops close what they
/// opened. A property whose value is null is passed over as if it were absent, which is how the
/// runtimes of the field read it.
public final class JsonIn {
  private static final int DEPTH_MAX = 64;

  private final JsonReader reader;
  private final List<String> names = new ArrayList<>();
  private final List<Integer> indexes = new ArrayList<>();

  /// Starts at the front of this text.
  public JsonIn(Reader text) {
    reader = new JsonReader(text);
    reader.setNestingLimit(DEPTH_MAX);
  }

  /// Enters an object.
  public void beginObject() {
    expect(JsonToken.BEGIN_OBJECT, "an object");
    try {
      reader.beginObject();
    } catch (IOException e) {
      throw broken(e);
    }
    names.add("");
    indexes.add(-1);
  }

  /// Moves to the next property that is not null; at the end leaves the object and returns false.
  public boolean nextName() {
    try {
      while (reader.hasNext()) {
        names.set(names.size() - 1, reader.nextName());
        if (reader.peek() != JsonToken.NULL) {
          return true;
        }
        reader.nextNull();
      }
      reader.endObject();
    } catch (IOException e) {
      throw broken(e);
    }
    leave();
    return false;
  }

  /// Returns the name of the property that [#nextName()] moved to.
  public String name() {
    return names.getLast();
  }

  /// Enters an array.
  public void beginArray() {
    expect(JsonToken.BEGIN_ARRAY, "an array");
    try {
      reader.beginArray();
    } catch (IOException e) {
      throw broken(e);
    }
    names.add("");
    indexes.add(-1);
  }

  /// Moves to the next element; at the end leaves the array and returns false.
  public boolean nextElement() {
    try {
      if (reader.hasNext()) {
        int index = indexes.getLast() + 1;
        indexes.set(indexes.size() - 1, index);
        names.set(names.size() - 1, Integer.toString(index));
        return true;
      }
      reader.endArray();
    } catch (IOException e) {
      throw broken(e);
    }
    leave();
    return false;
  }

  /// Passes over a value of any kind: a property that the specification does not know.
  public void skip() {
    try {
      reader.skipValue();
    } catch (IOException e) {
      throw broken(e);
    }
  }

  /// Reads a string.
  public String string() {
    expect(JsonToken.STRING, "a string");
    return text();
  }

  /// Reads `true` or `false`.
  public boolean bool() {
    expect(JsonToken.BOOLEAN, "true or false");
    try {
      return reader.nextBoolean();
    } catch (IOException e) {
      throw broken(e);
    }
  }

  /// Reads a whole number from `min` to `max`, both included.
  public long number(long min, long max) {
    String text = numberText();
    long value;
    try {
      value = Long.parseLong(text);
    } catch (NumberFormatException _) {
      throw notInteger(text, min, Long.toString(max));
    }
    if (value < min || value > max) {
      throw outOfRange(text, min, Long.toString(max));
    }
    return value;
  }

  /// Reads a whole number of the specification's type int64.
  public long int64() {
    return number(Long.MIN_VALUE, Long.MAX_VALUE);
  }

  /// Reads a whole number of the specification's type uint32.
  public long uint32() {
    return number(0, 0xffff_ffffL);
  }

  /// Reads a whole number of the specification's type uint64, as the 64 bits of an unsigned long.
  public long uint64() {
    String text = numberText();
    try {
      return Long.parseUnsignedLong(text);
    } catch (NumberFormatException _) {
      throw notInteger(text, 0, "18446744073709551615");
    }
  }

  /// Reads a whole number that fits an int, from `min` to `max`, both included.
  public int int32(int min, int max) {
    return (int) number(min, max);
  }

  /// Reads an array of strings.
  public List<String> strings() {
    List<String> values = new ArrayList<>();
    beginArray();
    while (nextElement()) {
      values.add(string());
    }
    return values;
  }

  /// Reads an object whose values are strings.
  public Map<String, String> stringMap() {
    Map<String, String> values = new TreeMap<>();
    beginObject();
    while (nextName()) {
      values.put(name(), string());
    }
    return values;
  }

  /// Checks that nothing but white space follows.
  public void end() {
    try {
      if (reader.peek() != JsonToken.END_DOCUMENT) {
        throw new JsonException("", "there is text after the end of the configuration", "");
      }
    } catch (IOException e) {
      throw broken(e);
    }
  }

  /// Returns the failure of a value that is of the right type but not one that the specification
  /// knows.
  public JsonException unknown(String value, String known) {
    return new JsonException(
        pointer(), "\"" + value + "\" is not a known value", "one of " + known);
  }

  /// Returns the failure of a value that is of the right type but wrong.
  public JsonException wrong(String finding) {
    return new JsonException(pointer(), finding, "");
  }

  /// Returns the failure of an object, which was just left, that lacks a property.
  public JsonException missing(String name) {
    return new JsonException(pointer(), "the required property \"" + name + "\" is missing", "");
  }

  /// Returns the value of a property of the object that was just left, which must have been there.
  ///
  /// @throws JsonException if the value is null
  public <T> T require(@Nullable T value, String name) {
    if (value == null) {
      throw missing(name);
    }
    return value;
  }

  /// Reads one of the names of an enum's constants.
  public <E extends Enum<E>> E constant(E[] constants) {
    String text = string();
    for (E constant : constants) {
      if (constant.name().equals(text)) {
        return constant;
      }
    }
    StringBuilder known = new StringBuilder();
    for (E constant : constants) {
      known.append(known.isEmpty() ? "" : ", ").append(constant.name());
    }
    throw unknown(text, known.toString());
  }

  /// Reads an array of the names of an enum's constants.
  public <E extends Enum<E>> List<E> constants(E[] constants) {
    List<E> values = new ArrayList<>();
    beginArray();
    while (nextElement()) {
      values.add(constant(constants));
    }
    return values;
  }

  /// Returns the JSON pointer of the value that is read next, or was read last.
  public String pointer() {
    StringBuilder pointer = new StringBuilder();
    for (String name : names) {
      pointer.append('/').append(name.replace("~", "~0").replace("/", "~1"));
    }
    return pointer.toString();
  }

  private void leave() {
    names.removeLast();
    indexes.removeLast();
  }

  private String numberText() {
    expect(JsonToken.NUMBER, "a number");
    return text();
  }

  private String text() {
    try {
      return reader.nextString();
    } catch (IOException e) {
      throw broken(e);
    }
  }

  private void expect(JsonToken token, String description) {
    JsonToken found;
    try {
      found = reader.peek();
    } catch (IOException e) {
      throw broken(e);
    }
    if (found != token) {
      throw new JsonException(
          pointer(), describe(found) + " where " + description + " belongs", "");
    }
  }

  private JsonException notInteger(String text, long min, String max) {
    return text.matches("-?[0-9]+")
        ? outOfRange(text, min, max)
        : new JsonException(pointer(), text + " is not a whole number", "");
  }

  private JsonException outOfRange(String text, long min, String max) {
    return new JsonException(pointer(), text + " is out of range", "from " + min + " to " + max);
  }

  private RuntimeException broken(IOException e) {
    if (e instanceof MalformedJsonException || e instanceof EOFException) {
      return new JsonException(pointer(), "this is not JSON: " + detail(e), "");
    }
    return new UncheckedIOException(e);
  }

  /// Keeps the position from the parser's message and drops its advice to Java programmers.
  private static String detail(IOException e) {
    String message = e.getMessage() == null ? "" : e.getMessage();
    if (e instanceof EOFException) {
      return "it ends too early";
    }
    int at = message.indexOf(" at line ");
    if (at < 0) {
      return message;
    }
    int path = message.indexOf(" path ", at);
    return message.substring(at + 1, path < 0 ? message.length() : path);
  }

  private static String describe(JsonToken token) {
    return switch (token) {
      case BEGIN_OBJECT -> "an object stands";
      case BEGIN_ARRAY -> "an array stands";
      case STRING -> "a string stands";
      case NUMBER -> "a number stands";
      case BOOLEAN -> "a boolean stands";
      case NULL -> "null stands";
      case END_DOCUMENT -> "nothing stands";
      case END_ARRAY, END_OBJECT, NAME -> "something else stands";
    };
  }
}
