package dev.brig.runtime.container;

import java.util.Map;

/// What a container has on disk beside its record, its configuration and its layer. It is there
/// before the record is: a container that exists is whole.
///
/// @param files the text of files in the container's directory, by name; everyone may read them
public record Contents(Map<String, String> files) {
  /// Nothing.
  public static final Contents NONE = new Contents(Map.of());

  /// Copies the map.
  public Contents {
    files = Map.copyOf(files);
  }
}
