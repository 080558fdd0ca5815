package dev.brig.seccomp;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import dev.brig.error.UsageException;
import dev.brig.linux.Capability;
import dev.brig.linux.Errno;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A JSON value that knows its place, for messages that name it.
///
/// @param element the value
/// @param pointer its place, `syscalls[3].names`
record JsonNode(JsonElement element, String pointer) {
  private static final BigInteger UNSIGNED_LONG_END = BigInteger.ONE.shiftLeft(64);

  static JsonNode root(JsonElement element) {
    return new JsonNode(element, "");
  }

  ProfileException wrong(String finding) {
    return new ProfileException(pointer, finding);
  }

  /// Refuses an object with other fields than these.
  void allow(String... names) throws ProfileException {
    for (String name : object().keySet()) {
      if (!Arrays.asList(names).contains(name)) {
        throw wrong("unknown field \"" + name + "\"");
      }
    }
  }

  /// Returns a field that must be there.
  JsonNode need(String name) throws ProfileException {
    List<JsonNode> found = optional(name);
    if (found.isEmpty()) {
      throw wrong("\"" + name + "\" is missing");
    }
    return found.getFirst();
  }

  /// Returns a field in a list of one, or an empty list if it is absent or null.
  List<JsonNode> optional(String name) throws ProfileException {
    JsonElement found = object().get(name);
    if (found == null || found instanceof JsonNull) {
      return List.of();
    }
    return List.of(new JsonNode(found, pointer.isEmpty() ? name : pointer + "." + name));
  }

  /// Returns the elements of an array that may be absent.
  List<JsonNode> items(String name) throws ProfileException {
    List<JsonNode> found = optional(name);
    if (found.isEmpty()) {
      return List.of();
    }
    JsonNode array = found.getFirst();
    if (!array.element.isJsonArray()) {
      throw array.wrong("it is not an array");
    }
    List<JsonNode> items = new ArrayList<>();
    for (JsonElement item : array.element.getAsJsonArray()) {
      items.add(new JsonNode(item, array.pointer + "[" + items.size() + "]"));
    }
    return items;
  }

  /// Returns the strings of an array that may be absent.
  List<String> strings(String name) throws ProfileException {
    List<String> strings = new ArrayList<>();
    for (JsonNode item : items(name)) {
      strings.add(item.string());
    }
    return strings;
  }

  String string(String name, String absent) throws ProfileException {
    List<JsonNode> found = optional(name);
    return found.isEmpty() ? absent : found.getFirst().string();
  }

  String string() throws ProfileException {
    if (element.isJsonPrimitive() && element.getAsJsonPrimitive().isString()) {
      return element.getAsString();
    }
    throw wrong("it is not a string");
  }

  /// Returns a field that is an unsigned number, or a number for its absence.
  ///
  /// @param max the largest that is accepted, unsigned
  long number(String name, long absent, long max) throws ProfileException {
    List<JsonNode> found = optional(name);
    return found.isEmpty() ? absent : found.getFirst().number(max);
  }

  long number(long max) throws ProfileException {
    if (!element.isJsonPrimitive() || !element.getAsJsonPrimitive().isNumber()) {
      throw wrong("it is not a number");
    }
    try {
      BigInteger number = new BigDecimal(element.getAsString()).toBigIntegerExact();
      if (number.signum() >= 0
          && number.compareTo(UNSIGNED_LONG_END) < 0
          && Long.compareUnsigned(number.longValue(), max) <= 0) {
        return number.longValue();
      }
    } catch (ArithmeticException _) {
      // A fraction; the message below says what was expected.
    }
    throw wrong("it is not a whole number from 0 to " + Long.toUnsignedString(max));
  }

  /// Returns the constant that a string names.
  <E extends Enum<E>> E word(Class<E> type) throws ProfileException {
    String word = string();
    for (E constant : type.getEnumConstants()) {
      if (constant.name().equals(word)) {
        return constant;
      }
    }
    throw wrong("unknown word \"" + word + "\"");
  }

  Errno errno() throws ProfileException {
    return word(Errno.class);
  }

  Capability capability() throws ProfileException {
    try {
      return Capability.parse(string());
    } catch (UsageException e) {
      throw wrong(e.failure().line());
    }
  }

  private JsonObject object() throws ProfileException {
    if (element.isJsonObject()) {
      return element.getAsJsonObject();
    }
    throw wrong("it is not an object");
  }
}
