package dev.brig.image;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import dev.brig.linux.KernelText;
import java.io.EOFException;
import java.io.IOException;
import java.io.StringReader;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A place in a JSON document that a stranger wrote, and the document's name, so that every
/// complaint says where.
///
/// Reading is strict: RFC 8259 and nothing more, no member twice (two readers would take different
/// ones), at most [#SIZE_MAX_BYTES] and a limited depth. A member that is `null` counts as absent,
/// as Go's readers have it.
public final class JsonNode {
  /// The largest document that is read: the limit that registries have for manifests.
  public static final int SIZE_MAX_BYTES = 4 << 20;

  private static final int DEPTH_MAX = 64;

  private final JsonElement element;
  private final String document;
  private final String pointer;

  private JsonNode(JsonElement element, String document, String pointer) {
    this.element = element;
    this.document = document;
    this.pointer = pointer;
  }

  /// Reads a document.
  ///
  /// @param bytes the whole document, UTF-8
  /// @param document what to call it in messages
  /// @throws ImageException if it is not strict JSON within the limits
  public static JsonNode parse(byte[] bytes, String document) {
    if (bytes.length > SIZE_MAX_BYTES) {
      throw new ImageException(document, "larger than 4 MiB, the limit for JSON documents", "");
    }
    try (JsonReader reader = new JsonReader(new StringReader(KernelText.decode(bytes)))) {
      reader.setStrictness(Strictness.STRICT);
      reader.setNestingLimit(DEPTH_MAX);
      JsonElement element = read(reader, document);
      if (reader.peek() != JsonToken.END_DOCUMENT) {
        throw new ImageException(document, "more follows the end of the JSON document", "");
      }
      return new JsonNode(element, document, "");
    } catch (MalformedJsonException | EOFException | NumberFormatException e) {
      throw new ImageException(document, "not JSON" + place(e.getMessage()), "", e);
    } catch (IOException e) {
      // A string does not fail to be read.
      throw new IllegalStateException(e);
    }
  }

  private static JsonElement read(JsonReader reader, String document) throws IOException {
    return switch (reader.peek()) {
      case BEGIN_OBJECT -> readObject(reader, document);
      case BEGIN_ARRAY -> {
        JsonArray array = new JsonArray();
        reader.beginArray();
        while (reader.hasNext()) {
          array.add(read(reader, document));
        }
        reader.endArray();
        yield array;
      }
      case STRING -> new JsonPrimitive(reader.nextString());
      case NUMBER -> new JsonPrimitive(new BigDecimal(reader.nextString()));
      case BOOLEAN -> new JsonPrimitive(reader.nextBoolean());
      case NULL -> {
        reader.nextNull();
        yield JsonNull.INSTANCE;
      }
      case END_ARRAY, END_OBJECT, NAME, END_DOCUMENT ->
          throw new ImageException(document, "not a JSON document", "");
    };
  }

  private static JsonObject readObject(JsonReader reader, String document) throws IOException {
    JsonObject object = new JsonObject();
    reader.beginObject();
    while (reader.hasNext()) {
      String name = reader.nextName();
      if (object.has(name)) {
        throw new ImageException(document, "the member \"" + name + "\" is there twice", "");
      }
      object.add(name, read(reader, document));
    }
    reader.endObject();
    return object;
  }

  /// Keeps the position from the parser's message and drops its advice to Java programmers.
  private static String place(@Nullable String message) {
    int begin = message == null ? -1 : message.indexOf(" at line ");
    if (message == null || begin < 0) {
      return ": it ends too early";
    }
    int end = message.indexOf(" path ", begin);
    return message.substring(begin, end < 0 ? message.length() : end);
  }

  /// Returns the underlying value, for copying documents with members that brig does not know.
  public JsonElement element() {
    return element;
  }

  /// Returns an exception that says what is wrong here.
  public ImageException wrong(String finding) {
    return new ImageException(document + (pointer.isEmpty() ? "" : " " + pointer), finding, "");
  }

  /// Returns a member of this object, or null if it is absent.
  ///
  /// @throws ImageException if this is not an object
  public @Nullable JsonNode find(String name) {
    JsonElement member = object().get(name);
    return member == null || member.isJsonNull() ? null : child(member, name);
  }

  /// Returns a member of this object.
  ///
  /// @throws ImageException if this is not an object or has no such member
  public JsonNode require(String name) {
    JsonNode member = find(name);
    if (member == null) {
      throw wrong("the member \"" + name + "\" is missing");
    }
    return member;
  }

  /// Returns the string that this is.
  ///
  /// @throws ImageException if it is something else or holds a NUL, which no path or argument can
  public String text() {
    if (!(element instanceof JsonPrimitive primitive && primitive.isString())) {
      throw wrong("not a string");
    }
    String text = primitive.getAsString();
    if (text.indexOf('\0') >= 0) {
      throw wrong("the string holds a NUL");
    }
    return text;
  }

  /// Returns a member that is a string, or the other text if it is absent.
  ///
  /// @param name the member
  /// @param absent what an absent member means
  public String textOr(String name, String absent) {
    JsonNode member = find(name);
    return member == null ? absent : member.text();
  }

  /// Returns the whole number that this is.
  ///
  /// @throws ImageException if it is something else or does not fit 64 bits
  public long wholeNumber() {
    if (!(element instanceof JsonPrimitive primitive && primitive.isNumber())) {
      throw wrong("not a number");
    }
    BigDecimal number = primitive.getAsBigDecimal();
    // A huge exponent would make the conversion below expand it digit by digit.
    if (Math.abs((long) number.scale()) > 40 || number.precision() > 40) {
      throw wrong("not a whole number of 64 bits");
    }
    try {
      return number.longValueExact();
    } catch (ArithmeticException e) {
      throw wrong("not a whole number of 64 bits");
    }
  }

  /// Returns the elements of a member that is an array; none if it is absent.
  public List<JsonNode> list(String name) {
    JsonNode member = find(name);
    return member == null ? List.of() : member.elements();
  }

  /// Returns the elements of this array.
  ///
  /// @throws ImageException if it is something else
  public List<JsonNode> elements() {
    if (!(element instanceof JsonArray array)) {
      throw wrong("not an array");
    }
    List<JsonNode> nodes = new ArrayList<>(array.size());
    for (int i = 0; i < array.size(); i++) {
      nodes.add(child(array.get(i), Integer.toString(i)));
    }
    return nodes;
  }

  /// Returns the strings of a member that is an array of strings; none if it is absent.
  public List<String> texts(String name) {
    List<String> texts = new ArrayList<>();
    for (JsonNode node : list(name)) {
      texts.add(node.text());
    }
    return List.copyOf(texts);
  }

  /// Returns a member that is an object of strings; none if it is absent.
  public Map<String, String> textMap(String name) {
    Map<String, String> texts = new LinkedHashMap<>();
    JsonNode member = find(name);
    if (member != null) {
      for (String key : member.names()) {
        texts.put(key, member.textOr(key, ""));
      }
    }
    return texts;
  }

  /// Returns the names of this object's members.
  ///
  /// @throws ImageException if it is something else
  public List<String> names() {
    return List.copyOf(object().keySet());
  }

  private JsonObject object() {
    if (!(element instanceof JsonObject object)) {
      throw wrong("not an object");
    }
    return object;
  }

  // RFC 6901: a pointer's parts have ~ and / escaped.
  private JsonNode child(JsonElement member, String name) {
    String part = name.replace("~", "~0").replace("/", "~1");
    return new JsonNode(member, document, pointer + "/" + part);
  }
}
