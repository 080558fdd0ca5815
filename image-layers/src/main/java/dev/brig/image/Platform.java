package dev.brig.image;

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
