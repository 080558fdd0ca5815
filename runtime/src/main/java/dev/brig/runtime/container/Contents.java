package dev.brig.runtime.container;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// What a container has on disk beside its record, its configuration and its layer. It is there
/// before the record is: a container that exists is whole.
///
/// @param files the text of files in the container's directory, by name; everyone may read them
/// @param directories directories elsewhere, made with those above them if they are not there:
///   volumes
public record Contents(Map<String, String> files, List<Path> directories) {
  /// Nothing.
  public static final Contents NONE = new Contents(Map.of(), List.of());

  /// Copies both.
  public Contents {
    files = Map.copyOf(files);
    directories = List.copyOf(directories);
  }
}
