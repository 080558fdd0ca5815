package dev.brig.image.build;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Variables by name, in the order in which they were set.
///
/// @param values names and values
public record Variables(Map<String, String> values) {
  /// Copies the map.
  public Variables {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /// Returns no variables.
  public static Variables none() {
    return new Variables(Map.of());
  }

  /// Returns a variable's value.
  public Optional<String> get(String name) {
    return Optional.ofNullable(values.get(name));
  }

  /// Returns these with another variable; one of the same name keeps its place.
  public Variables with(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(values);
    more.put(name, value);
    return new Variables(more);
  }

  /// Returns these, those of the other taking precedence.
  public Variables with(Variables other) {
    Map<String, String> more = new LinkedHashMap<>(values);
    more.putAll(other.values);
    return new Variables(more);
  }
}
