package dev.brig.cli.build;

import dev.brig.cli.syntax.Reading;
import dev.brig.cli.value.Numbers;
import dev.brig.cli.value.Pairs;
import dev.brig.cli.value.Wrong;
import dev.brig.error.UnsupportedException;
import dev.brig.image.ImageReference;
import dev.brig.image.Platform;
import dev.brig.image.build.Variables;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/// What a build is asked for, checked.
///
/// @param names what the image is called
/// @param arguments what `--build-arg` says
/// @param contexts further contexts by name: directories or images
/// @param secrets secrets by id
/// @param pairs labels, annotations and variables by option
/// @param network `none` or `host`
/// @param timestamp the time that everything gets
/// @param squash what becomes one layer
/// @param given the command line, for what is read once
record BuildSettings(
    List<String> names,
    Variables arguments,
    Map<String, String> contexts,
    Map<String, Secret> secrets,
    Map<BuildOption, Map<String, String>> pairs,
    String network,
    OptionalLong timestamp,
    Squash squash,
    Reading.Arguments<BuildOption> given) {

  /// Where a secret comes from.
  ///
  /// @param file a file of the host, or empty
  /// @param variable a variable of the caller, or empty
  record Secret(String file, String variable) {}

  /// What becomes one layer.
  enum Squash {
    /// Nothing: each step has its own.
    NOTHING,
    /// What the build adds.
    ADDED,
    /// Everything.
    ALL
  }

  /// Reads a command line.
  ///
  /// @param given the options
  /// @param caller the caller's environment
  static BuildSettings read(Reading.Arguments<BuildOption> given, Map<String, String> caller) {
    List<String> names = new ArrayList<>();
    Variables arguments = Variables.none();
    Map<String, String> contexts = new LinkedHashMap<>();
    Map<String, Secret> secrets = new LinkedHashMap<>();
    Map<BuildOption, Map<String, String>> pairs = new LinkedHashMap<>();
    for (Reading.Setting<BuildOption> setting : given.settings()) {
      String value = setting.value();
      String spelling = setting.option().longestName();
      switch (setting.option()) {
        case TAG -> names.add(ImageReference.parse(value).tagged());
        case BUILD_ARG -> {
          for (String variable : Pairs.environment(spelling, value, caller)) {
            Map.Entry<String, String> pair = Pairs.parse(spelling, variable);
            arguments = arguments.with(pair.getKey(), pair.getValue());
          }
        }
        case BUILD_CONTEXT -> put(contexts, Pairs.parseWhole(spelling, value));
        case SECRET -> secret(value, secrets);
        case LABEL, ANNOTATION ->
            put(
                pairs.computeIfAbsent(setting.option(), _ -> new LinkedHashMap<>()),
                Pairs.parse(spelling, value));
        case ENV -> {
          for (String variable : Pairs.environment(spelling, value, caller)) {
            put(
                pairs.computeIfAbsent(BuildOption.ENV, _ -> new LinkedHashMap<>()),
                Pairs.parse(spelling, variable));
          }
        }
        default -> {
          // Read once, below or where it is needed.
        }
      }
    }
    refuse(given);
    return new BuildSettings(
        names,
        arguments,
        contexts,
        secrets,
        pairs,
        network(given.value(BuildOption.NETWORK, "none")),
        timestamp(given, arguments, caller),
        squash(given),
        given);
  }

  private static void put(Map<String, String> map, Map.Entry<String, String> pair) {
    map.put(pair.getKey(), pair.getValue());
  }

  private static void secret(String text, Map<String, Secret> secrets) {
    String id = "";
    String file = "";
    String variable = "";
    for (String part : text.split(",", -1)) {
      Map.Entry<String, String> pair = Pairs.parseWhole("--secret", part);
      switch (pair.getKey()) {
        case "id" -> id = pair.getValue();
        case "src", "source" -> file = pair.getValue();
        case "env" -> variable = pair.getValue();
        case "type" -> {
          // file or env, which the other words say as well.
        }
        default -> throw Wrong.value("--secret", text, "write id=ID,src=FILE or id=ID,env=NAME");
      }
    }
    if (id.isEmpty()) {
      throw Wrong.value("--secret", text, "has no id; write id=ID,src=FILE");
    }
    // As docker has it: a secret without a source is the variable, or the file, of its name.
    secrets.put(id, new Secret(file, file.isEmpty() && variable.isEmpty() ? id : variable));
  }

  private static void refuse(Reading.Arguments<BuildOption> given) {
    String pull = given.value(BuildOption.PULL, "missing");
    if (!List.of("missing", "never", "always", "newer", "true", "false").contains(pull)) {
      throw Wrong.value("--pull", pull, "one of missing, always and never");
    }
    String platform = given.value(BuildOption.PLATFORM, "");
    String host = Platform.host().toString();
    if (!platform.isEmpty() && !host.equals(platform) && !host.startsWith(platform + "/")) {
      throw new UnsupportedException(
          "--platform " + platform,
          "this machine runs " + host + " programs only",
          "build on a machine of that kind");
    }
    String tasks = given.value(BuildOption.PIDS_LIMIT, "");
    if (!tasks.isEmpty()) {
      var _ = Numbers.parse("--pids-limit", tasks, -1, Integer.MAX_VALUE);
    }
    String format = given.value(BuildOption.FORMAT, "oci");
    if (!format.equals("oci") && !format.equals("docker")) {
      throw Wrong.value("--format", format, "brig builds oci images");
    }
  }

  private static String network(String value) {
    return switch (value) {
      case "none", "host" -> value;
      case "default", "private" -> "none";
      default -> throw Wrong.value("--network", value, "a build has none or host");
    };
  }

  private static OptionalLong timestamp(
      Reading.Arguments<BuildOption> given, Variables arguments, Map<String, String> caller) {
    String name = "--timestamp";
    String text = given.value(BuildOption.TIMESTAMP, "");
    if (text.isEmpty()) {
      name = "SOURCE_DATE_EPOCH";
      text = arguments.get(name).orElse(caller.getOrDefault(name, ""));
    }
    if (text.isEmpty()) {
      return OptionalLong.empty();
    }
    try {
      long seconds = Long.parseLong(text);
      // The last second that RFC 3339 can write.
      if (seconds >= 0 && seconds <= 253_402_300_799L) {
        return OptionalLong.of(seconds);
      }
    } catch (NumberFormatException _) {
      // Told below.
    }
    throw Wrong.value(name, text, "not a number of seconds since 1970");
  }

  private static Squash squash(Reading.Arguments<BuildOption> given) {
    if (given.has(BuildOption.SQUASH_ALL)) {
      return Squash.ALL;
    }
    boolean layers = !given.value(BuildOption.LAYERS, "true").equals("false");
    return given.has(BuildOption.SQUASH) || !layers ? Squash.ADDED : Squash.NOTHING;
  }

  /// Returns the pairs that an option was given.
  Map<String, String> pairs(BuildOption option) {
    return pairs.getOrDefault(option, Map.of());
  }

  /// Tells whether earlier results are used.
  boolean usesCache() {
    return !given.has(BuildOption.NO_CACHE);
  }

  /// Returns the time that all files get, as text, or an empty one.
  String timestampText() {
    return timestamp.isPresent() ? Long.toString(timestamp.getAsLong()) : "";
  }
}
