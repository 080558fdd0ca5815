package dev.brig.image;

import dev.brig.error.UsageException;
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

  /// Reads what a user wrote: `os/architecture`, `os/architecture/variant`, or one of the first two
  /// alone, the other being this machine's. Other names of an architecture are understood:
  /// `x86_64`, `aarch64`, `armhf`.
  ///
  /// @param option the option it was given with
  /// @param text what the user wrote
  /// @throws UsageException if it is of no such form
  public static Platform parse(String option, String text) {
    String[] parts = text.split("/", -1);
    boolean empty = false;
    for (String part : parts) {
      empty |= part.isBlank();
    }
    if (empty || parts.length > 3) {
      throw new UsageException(
          option + " \"" + text + "\"", "not a platform", "linux/amd64 is one, or linux/arm/v7");
    }
    if (parts.length > 1) {
      return normal(parts[0], parts[1], parts.length > 2 ? parts[2] : "");
    }
    boolean os = parts[0].equalsIgnoreCase("linux");
    return os ? host() : normal("linux", parts[0], "");
  }

  private static Platform normal(String os, String architecture, String variant) {
    String lower = architecture.toLowerCase(Locale.ROOT);
    String name =
        switch (lower) {
          case "x86_64", "x86-64" -> "amd64";
          case "i386", "i686", "x86" -> "386";
          case "aarch64" -> "arm64";
          case "armhf", "armel" -> "arm";
          default -> lower;
        };
    String known =
        switch (lower) {
          case "armhf" -> "v7";
          case "armel" -> "v6";
          default -> variant.toLowerCase(Locale.ROOT);
        };
    return new Platform(os.toLowerCase(Locale.ROOT), name, known);
  }

  /// Tells whether an image for the other platform runs on this one: same system and architecture,
  /// and no variant that this one does not have.
  public boolean runs(Platform other) {
    return rank(other) >= 0;
  }

  /// Returns how well an image for another platform fits this one: 0 for an exact fit, more for one
  /// that makes less of the machine, and -1 if it does not run.
  ///
  /// A machine of one variant runs the lower ones: arm v7 those of v6 and v5, amd64 v3 those of v2.
  /// No variant stands for what the architecture's name alone has come to mean: v8 of arm64, v7 of
  /// arm, v1 of amd64.
  public int rank(Platform other) {
    Platform mine = normal(os, architecture, variant);
    Platform its = normal(other.os, other.architecture, other.variant);
    if (!mine.os.equals(its.os) || !mine.architecture.equals(its.architecture)) {
      return -1;
    }
    if (mine.variant.equals(its.variant)) {
      return 0;
    }
    int have = mine.level();
    int need = its.level();
    if (mine.variant.isEmpty() && mine.architecture.equals("amd64")) {
      // Which variant this machine is nobody has asked it: the lowest is the surest.
      return need - 1;
    }
    return have < 0 || need < 0 || need > have ? -1 : have - need;
  }

  // The number in the variant, or -1 if it has none.
  private int level() {
    if (variant.isEmpty()) {
      return switch (architecture) {
        case "arm64" -> 8;
        case "arm" -> 7;
        default -> 1;
      };
    }
    boolean numbered = variant.length() == 2 && variant.charAt(0) == 'v';
    return numbered && Character.isDigit(variant.charAt(1)) ? variant.charAt(1) - '0' : -1;
  }

  /// Returns `os/architecture` or `os/architecture/variant`.
  @Override
  public String toString() {
    return os + "/" + architecture + (variant.isEmpty() ? "" : "/" + variant);
  }
}
