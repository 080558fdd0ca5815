package dev.brig.image.build;

import dev.brig.error.UsageException;

/// Where something stands in a build file.
///
/// @param file the file's name as the user knows it
/// @param line the line, from 1
public record Place(String file, int line) {

  /// Returns a complaint about what stands here.
  ///
  /// @param finding what is wrong
  /// @param hint what would be right, or empty
  public UsageException wrong(String finding, String hint) {
    return new UsageException(toString(), finding, hint);
  }

  /// Returns `file:line`.
  @Override
  public String toString() {
    return file + ":" + line;
  }
}
