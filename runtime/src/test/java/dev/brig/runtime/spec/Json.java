package dev.brig.runtime.spec;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.Map;

/// JSON documents compared by what they mean.
final class Json {
  private Json() {}

  /// Returns a copy without what means the same as being absent: false, empty strings, empty
  /// arrays, empty objects, null. An empty environment of a hook means something and stays.
  static JsonElement withoutEmpty(JsonElement element) {
    if (element.isJsonArray()) {
      JsonArray copy = new JsonArray();
      for (JsonElement each : element.getAsJsonArray()) {
        copy.add(withoutEmpty(each));
      }
      return copy;
    }
    if (!element.isJsonObject()) {
      return element;
    }
    JsonObject copy = new JsonObject();
    for (Map.Entry<String, JsonElement> entry : element.getAsJsonObject().entrySet()) {
      JsonElement value = withoutEmpty(entry.getValue());
      if (!meansAbsent(value)) {
        copy.add(entry.getKey(), value);
      }
    }
    return copy;
  }

  private static boolean meansAbsent(JsonElement value) {
    return value.isJsonNull()
        || value.equals(new JsonPrimitive(""))
        || value.equals(new JsonPrimitive(Boolean.FALSE))
        || value.equals(new JsonArray())
        || value.equals(new JsonObject());
  }
}
