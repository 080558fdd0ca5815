package dev.brig.image;

import java.util.List;
import java.util.Locale;

/// What an image runs on, in the words of Go's GOOS and GOARCH as the specification wants them.
///
/// @param os `linux`
/// @param architecture `amd64`, `arm64`, …
/// @param variant the architecture's variant, `v8`, or empty
/// @see <a href="https://github.com/opencontainers/image-spec/blob/main/image-index.md">image
///   index</a>
public record Platform(String os, String architecture, String variant) {

  /// Returns the platform of this JVM.
  public static Platform host() {
    String arch = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
    return switch (arch) {
      case "amd64", "x86_64" -> new Platform("linux", "amd64", "");
      case "aarch64" -> new Platform("linux", "arm64", "v8");
      default -> new Platform("linux", arch, "");
    };
  }

  /// Reads `os/architecture`, `os/architecture/variant`, or an architecture alone.
  ///
  /// @throws IllegalArgumentException if it is not of the form
  public static Platform parse(String text) {
    String[] parts = text.split("/", -1);
    if (parts.length > 3 || text.isEmpty() || List.of(parts).contains("")) {
      throw new IllegalArgumentException(text);
    }
    String architecture =
        switch (parts[parts.length == 1 ? 0 : 1]) {
          case "x86_64", "x86-64" -> "amd64";
          case "aarch64" -> "arm64";
          case String other -> other;
        };
    String variant = parts.length == 3 ? parts[2] : "";
    return new Platform(parts.length == 1 ? "linux" : parts[0], architecture, variant);
  }

  /// Reads a platform.
  ///
  /// @throws ImageException if it is not one
  static Platform read(JsonNode json) {
    return new Platform(
        json.textOr("os", ""), json.textOr("architecture", ""), json.textOr("variant", ""));
  }

  /// Tells whether an image for the other platform runs on this one: same system and architecture,
  /// and no variant that this one does not have.
  public boolean runs(Platform other) {
    return os.equals(other.os)
        && architecture.equals(other.architecture)
        && (other.variant.isEmpty() || variant.isEmpty() || variant.equals(other.variant));
  }

  /// Returns `os/architecture` or `os/architecture/variant`.
  @Override
  public String toString() {
    return os + "/" + architecture + (variant.isEmpty() ? "" : "/" + variant);
  }
}
