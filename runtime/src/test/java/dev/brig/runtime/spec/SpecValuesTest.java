package dev.brig.runtime.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Invalid values are errors and unknown properties are none, at every place of a configuration
/// that has every property; config.md#valid-values, #extensibility.
class SpecValuesTest {
  /// Objects whose keys are not properties.
  private static final Set<String> MAPS =
      Set.of(
          "/annotations",
          "/linux/sysctl",
          "/linux/resources/unified",
          "/linux/resources/rdma",
          "/linux/netDevices",
          "/linux/timeOffsets");

  private static final List<JsonElement> VALUES =
      List.of(
          new JsonPrimitive("text"),
          new JsonPrimitive(7),
          new JsonPrimitive(Boolean.TRUE),
          new JsonArray(),
          new JsonObject());

  private final JsonObject document =
      JsonParser.parseString(SpecRoundTripTest.fixture("every-property.json")).getAsJsonObject();

  /// A value in the document.
  ///
  /// @param pointer where it is
  /// @param value the value
  /// @param put what puts another in its place
  private record Place(String pointer, JsonElement value, Put put) {}

  private interface Put {
    void value(JsonElement other);
  }

  @Test
  void refusesValuesOfEveryOtherTypeAtEveryPlaceAndNamesIt() {
    List<Place> places = new ArrayList<>();
    walk("", document, places);

    for (Place place : places) {
      for (JsonElement other : VALUES) {
        if (kind(other).equals(kind(place.value()))) {
          continue;
        }
        place.put().value(other);
        SpecException refused = read();
        assertThat(refused).as("%s: %s", place.pointer(), other).isNotNull();
        assertThat(Objects.requireNonNull(refused).pointer()).isEqualTo(place.pointer());
      }
      place.put().value(place.value());
    }
    assertThat(places).hasSizeGreaterThan(250);
  }

  @Test
  void passesOverUnknownPropertiesAtEveryPlace() {
    Spec plain = SpecReader.read(document.toString());
    List<JsonObject> objects = new ArrayList<>(List.of(document));
    List<Place> places = new ArrayList<>();
    walk("", document, places);
    for (Place place : places) {
      if (place.value() instanceof JsonObject object && !MAPS.contains(place.pointer())) {
        objects.add(object);
      }
    }

    for (JsonObject object : objects) {
      for (JsonElement value : VALUES) {
        object.add("org.example.unknown", value);
        assertThat(SpecReader.read(document.toString())).isEqualTo(plain);
      }
    }
    assertThat(objects).hasSizeGreaterThan(40);
  }

  @Test
  void takesNullForAbsenceAndSaysWhatIsMissing() {
    List<Place> places = new ArrayList<>();
    walk("", document, places);
    List<String> missing = new ArrayList<>();
    for (Place place : places) {
      if (place.pointer().matches(".*/[0-9]+")) {
        continue;
      }
      place.put().value(JsonNull.INSTANCE);
      SpecException refused = read();
      if (refused != null) {
        String name = place.pointer().substring(place.pointer().lastIndexOf('/') + 1);
        assertThat(refused.failure().finding())
            .isEqualTo("the required property \"" + name + "\" is missing");
        missing.add(place.pointer());
      }
      place.put().value(place.value());
    }
    assertThat(missing)
        .contains("/ociVersion", "/root", "/root/path", "/process/cwd", "/linux/namespaces/0/type")
        .doesNotContain("/process", "/hostname", "/linux", "/mounts");
  }

  private @Nullable SpecException read() {
    return catchThrowableOfType(SpecException.class, () -> SpecReader.read(document.toString()));
  }

  private static void walk(String pointer, JsonElement element, List<Place> into) {
    if (element instanceof JsonObject object) {
      for (Map.Entry<String, JsonElement> entry : object.entrySet()) {
        String below = pointer + "/" + entry.getKey().replace("~", "~0").replace("/", "~1");
        into.add(new Place(below, entry.getValue(), other -> object.add(entry.getKey(), other)));
        walk(below, entry.getValue(), into);
      }
    } else if (element instanceof JsonArray array) {
      for (int i = 0; i < array.size(); i++) {
        int index = i;
        String below = pointer + "/" + i;
        into.add(new Place(below, array.get(i), other -> array.set(index, other)));
        walk(below, array.get(i), into);
      }
    }
  }

  private static String kind(JsonElement element) {
    if (element instanceof JsonPrimitive primitive) {
      return primitive.isString() ? "text" : primitive.isNumber() ? "number" : "boolean";
    }
    return element.isJsonArray() ? "array" : "object";
  }
}
