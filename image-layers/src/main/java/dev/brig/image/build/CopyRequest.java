package dev.brig.image.build;

import java.util.List;

/// What a COPY or ADD asks for, its variables replaced.
///
/// @param place the instruction's place, for complaints
/// @param kind which of the two
/// @param options its options
/// @param sources paths below the source, patterns among them
/// @param target the absolute path; a slash at its end says that it is a directory
/// @param files files whose text stands in the build file
public record CopyRequest(
    Place place,
    Instruction.Copy.Kind kind,
    Instruction.CopyOptions options,
    List<String> sources,
    String target,
    List<TextFile> files) {
  /// Copies the lists.
  public CopyRequest {
    sources = List.copyOf(sources);
    files = List.copyOf(files);
  }

  /// A file whose text stands in the build file.
  ///
  /// @param name its name
  /// @param text its text, variables replaced
  public record TextFile(String name, String text) {}

  /// Tells whether the target is a directory, whatever is there.
  boolean isIntoDirectory() {
    return target.endsWith("/");
  }
}
