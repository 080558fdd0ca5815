package dev.brig.runtime.spec;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/// Unmodifiable copies for the records of this package.
final class Copies {
  private Copies() {}

  /// Returns a copy in the order of the keys: equal configurations are then written alike.
  static <V> Map<String, V> sorted(Map<String, V> map) {
    return map.isEmpty() ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(map));
  }
}
