package dev.brig.image.build;

import dev.brig.error.Spelling;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A `--mount` of a RUN: what the command sees and the image does not get.
///
/// @see <a href="https://docs.docker.com/reference/dockerfile/#run---mount">RUN --mount</a>
public sealed interface RunMount {

  /// Returns the absolute path inside.
  String target();

  /// A directory that is kept from build to build.
  ///
  /// @param id which directory; builds that name the same share it
  /// @param target the path inside
  /// @param access whether it may be written
  /// @param sharing what happens when two builds want it at once
  /// @param owner mode, user and group that it is made with
  /// @param seed what a new one begins as
  record Cache(String id, String target, Access access, Sharing sharing, Owner owner, Source seed)
      implements RunMount {}

  /// Files of the context, of a stage or of an image.
  ///
  /// @param source which
  /// @param target the path inside
  /// @param access whether it may be written; what is written is lost
  record Bind(Source source, String target, Access access) implements RunMount {}

  /// Memory.
  ///
  /// @param target the path inside
  /// @param size its size in bytes as it was written, or empty
  record Tmpfs(String target, String size) implements RunMount {}

  /// A file that must not get into the image.
  ///
  /// @param id which, as `--secret id=` has it
  /// @param target the path inside
  /// @param variable the variable that holds it instead of or beside the file, or empty
  /// @param need whether the build fails without it
  /// @param owner mode, user and group of the file
  record Secret(String id, String target, String variable, Need need, Owner owner)
      implements RunMount {}

  /// Where files come from.
  ///
  /// @param from a stage, an image or a named context; empty for the context
  /// @param path the path there
  record Source(String from, String path) {}

  /// Mode, user and group.
  ///
  /// @param mode permissions
  /// @param uid the user's number
  /// @param gid the group's number
  record Owner(int mode, int uid, int gid) {}

  /// Whether something may be written.
  enum Access {
    /// Read only.
    READ,
    /// Written as well.
    WRITE
  }

  /// What two builds do that want the same cache at once.
  enum Sharing {
    /// Both have it.
    SHARED,
    /// Each has one of its own.
    PRIVATE,
    /// One waits.
    LOCKED
  }

  /// Whether a secret has to be there.
  enum Need {
    /// The build fails without it.
    REQUIRED,
    /// Nothing is mounted without it.
    OPTIONAL
  }

  /// Reads the value of a `--mount`, its variables replaced.
  ///
  /// @param place the instruction's place
  /// @param text `type=cache,target=/root/.cache`
  /// @param workingDirectory what a relative target is relative to
  /// @throws dev.brig.error.UsageException if it is no mount that brig makes
  static RunMount parse(Place place, String text, String workingDirectory) {
    return new Reader(place, text, workingDirectory).mount();
  }

  /// Reads one value.
  final class Reader {
    private static final List<String> KEYS =
        List.of(
            "type",
            "target",
            "dst",
            "destination",
            "source",
            "src",
            "from",
            "id",
            "ro",
            "readonly",
            "rw",
            "readwrite",
            "sharing",
            "mode",
            "uid",
            "gid",
            "size",
            "required",
            "env",
            "z",
            "Z");

    private final Place place;
    private final String text;
    private final String workingDirectory;
    private final Map<String, String> values = new LinkedHashMap<>();

    private Reader(Place place, String text, String workingDirectory) {
      this.place = place;
      this.text = text;
      this.workingDirectory = workingDirectory;
      for (String part : text.split(",", -1)) {
        int equals = part.indexOf('=');
        String key = equals < 0 ? part : part.substring(0, equals);
        if (!KEYS.contains(key)) {
          List<String> near = Spelling.near(key, KEYS);
          throw wrong(
              "there is no \"" + key + "\" for a mount",
              near.isEmpty() ? "" : "did you mean " + String.join(" or ", near) + "?");
        }
        values.put(usual(key), equals < 0 ? "true" : part.substring(equals + 1));
      }
    }

    private static String usual(String key) {
      return switch (key) {
        case "dst", "destination" -> "target";
        case "src" -> "source";
        case "readonly" -> "ro";
        case "readwrite" -> "rw";
        default -> key;
      };
    }

    private RuntimeException wrong(String finding, String hint) {
      return place.wrong("RUN --mount=" + text + ": " + finding, hint);
    }

    private String value(String key, String absent) {
      return values.getOrDefault(key, absent);
    }

    RunMount mount() {
      String type = value("type", "bind");
      return switch (type) {
        case "cache" -> {
          String target = target("");
          yield new Cache(
              value("id", target),
              target,
              access(Access.WRITE),
              sharing(),
              owner(0755),
              new Source(value("from", ""), value("from", "").isEmpty() ? "" : source()));
        }
        case "bind" ->
            new Bind(new Source(value("from", ""), source()), target(""), access(Access.READ));
        case "tmpfs" -> new Tmpfs(target(""), value("size", ""));
        case "secret" -> secret();
        case "ssh" -> throw wrong("brig forwards no ssh agent", "use a secret");
        default -> throw wrong("no type of mount", "one of cache, bind, tmpfs and secret");
      };
    }

    private RunMount secret() {
      String target = value("target", "");
      String id = value("id", target.substring(target.lastIndexOf('/') + 1));
      if (id.isEmpty()) {
        throw wrong("which secret?", "write id=NAME");
      }
      String variable = value("env", "");
      // Into a variable alone, unless a path is given as well; so has it BuildKit.
      boolean noFile = !variable.isEmpty() && target.isEmpty();
      String path = noFile ? "" : target("/run/secrets/" + id);
      boolean required = isOn("required");
      return new Secret(id, path, variable, required ? Need.REQUIRED : Need.OPTIONAL, owner(0400));
    }

    private boolean isOn(String key) {
      return switch (value(key, "false")) {
        case "true", "1" -> true;
        case "false", "0" -> false;
        default -> throw wrong(key + " is neither true nor false", "");
      };
    }

    private String source() {
      return value("source", "/");
    }

    private String target(String absent) {
      String target = value("target", absent);
      if (target.isEmpty()) {
        throw wrong("it has no target", "write target=/PATH");
      }
      String whole = target.startsWith("/") ? target : workingDirectory + "/" + target;
      String clean = "/" + IgnoreFile.clean(whole);
      if (clean.equals("/")) {
        throw wrong("nothing can be mounted over the root", "");
      }
      return clean;
    }

    private Access access(Access usual) {
      if (isOn("rw")) {
        return Access.WRITE;
      }
      return isOn("ro") ? Access.READ : usual;
    }

    private Sharing sharing() {
      return switch (value("sharing", "shared")) {
        case "shared" -> Sharing.SHARED;
        case "private" -> Sharing.PRIVATE;
        case "locked" -> Sharing.LOCKED;
        default -> throw wrong("sharing is one of shared, private and locked", "");
      };
    }

    private Owner owner(int mode) {
      return new Owner(
          number("mode", mode, 8, 07777),
          number("uid", 0, 10, Integer.MAX_VALUE),
          number("gid", 0, 10, Integer.MAX_VALUE));
    }

    private int number(String key, int absent, int radix, int max) {
      String value = values.get(key);
      if (value == null) {
        return absent;
      }
      try {
        int number = Integer.parseInt(value, radix);
        if (number >= 0 && number <= max) {
          return number;
        }
      } catch (NumberFormatException _) {
        // Told below.
      }
      throw wrong(key + "=" + value + " is not a number", "");
    }
  }
}
