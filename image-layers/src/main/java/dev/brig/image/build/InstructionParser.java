package dev.brig.image.build;

import dev.brig.error.Spelling;
import dev.brig.image.build.Instruction.Assignment;
import dev.brig.image.build.Instruction.CopyOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Takes instructions apart.
final class InstructionParser {
  private static final List<String> KEYWORDS =
      List.of(
          "FROM",
          "RUN",
          "CMD",
          "LABEL",
          "MAINTAINER",
          "EXPOSE",
          "ENV",
          "ADD",
          "COPY",
          "ENTRYPOINT",
          "VOLUME",
          "USER",
          "WORKDIR",
          "ARG",
          "ONBUILD",
          "STOPSIGNAL",
          "HEALTHCHECK",
          "SHELL");

  private final char escape;

  InstructionParser(char escape) {
    this.escape = escape;
  }

  /// Takes an instruction apart.
  ///
  /// @throws dev.brig.error.UsageException with its place if it is not one
  Instruction parse(LogicalLine line) {
    String keyword = line.keyword().toUpperCase(Locale.ROOT);
    Place place = line.place();
    if (!KEYWORDS.contains(keyword)) {
      List<String> near = Spelling.near(keyword, KEYWORDS);
      throw place.wrong(
          "unknown instruction " + line.keyword(),
          near.isEmpty()
              ? "an instruction is one of " + String.join(", ", KEYWORDS)
              : "did you mean " + String.join(" or ", near) + "?");
    }
    String text = keyword + " " + line.rest();
    if (line.rest().isEmpty()) {
      throw place.wrong(keyword + " has no arguments", "write " + form(keyword));
    }
    return switch (keyword) {
      case "FROM" -> from(place, text, line.rest());
      case "ARG" -> new Instruction.Arg(place, text, variables(place, line.rest()));
      case "ENV" ->
          new Instruction.Pairs(
              place, text, Instruction.Pairs.Kind.ENV, pairs(place, keyword, line.rest()));
      case "LABEL" ->
          new Instruction.Pairs(
              place, text, Instruction.Pairs.Kind.LABEL, pairs(place, keyword, line.rest()));
      case "RUN" -> run(line, text);
      case "COPY", "ADD" ->
          new CopyParser(escape).parse(line, Instruction.Copy.Kind.valueOf(keyword), text);
      case "CMD", "ENTRYPOINT" ->
          new Instruction.Start(
              place, text, Instruction.Start.Kind.valueOf(keyword), command(line.rest()));
      case "EXPOSE", "VOLUME" ->
          new Instruction.Listing(
              place, text, Instruction.Listing.Kind.valueOf(keyword), words(line.rest()));
      case "SHELL" -> shell(place, text, line.rest());
      case "HEALTHCHECK" -> new HealthcheckParser(place, text).parse(line.rest());
      case "ONBUILD" -> onBuild(line, text);
      default ->
          new Instruction.Single(
              place, text, Instruction.Single.Kind.valueOf(keyword), line.rest());
    };
  }

  private static String form(String keyword) {
    return switch (keyword) {
      case "FROM" -> "FROM IMAGE [AS NAME]";
      case "COPY", "ADD" -> keyword + " SOURCE... TARGET";
      case "ENV", "LABEL" -> keyword + " NAME=VALUE...";
      case "ARG" -> "ARG NAME[=VALUE]...";
      case "EXPOSE" -> "EXPOSE PORT[/tcp|/udp]...";
      case "VOLUME" -> "VOLUME PATH...";
      case "SHELL" -> "SHELL [\"PROGRAM\", \"OPTION\"...]";
      case "HEALTHCHECK" -> "HEALTHCHECK [OPTIONS] CMD COMMAND, or HEALTHCHECK NONE";
      case "ONBUILD" -> "ONBUILD INSTRUCTION";
      case "RUN", "CMD", "ENTRYPOINT" -> keyword + " COMMAND, or " + keyword + " [\"PROGRAM\"...]";
      default -> keyword + " VALUE";
    };
  }

  private Instruction from(Place place, String text, String rest) {
    Flags flags = Flags.of(place, rest).allow("FROM", List.of("platform"));
    List<String> words = ShellWords.raw(flags.rest(), escape);
    boolean named = words.size() == 3 && words.get(1).equalsIgnoreCase("as");
    if (words.size() != 1 && !named) {
      throw place.wrong("FROM takes one image", "write FROM IMAGE [AS NAME]");
    }
    String name = named ? words.get(2).toLowerCase(Locale.ROOT) : "";
    if (named && !isStageName(name)) {
      throw place.wrong(
          "\"" + words.get(2) + "\" can't be the name of a stage",
          "begin with a letter; digits, \"-\", \"_\" and \".\" may follow");
    }
    return new Instruction.From(place, text, words.getFirst(), name, flags.value("platform", ""));
  }

  private static boolean isStageName(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean letter = c >= 'a' && c <= 'z';
      boolean other = (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
      if (!letter && !(i > 0 && other)) {
        return false;
      }
    }
    return !name.isEmpty();
  }

  private List<Assignment> variables(Place place, String rest) {
    List<Assignment> variables = new ArrayList<>();
    for (String word : ShellWords.raw(rest, escape)) {
      int equals = word.indexOf('=');
      String name = equals < 0 ? word : word.substring(0, equals);
      if (name.isEmpty()) {
        throw place.wrong("ARG " + word + " has no name", "write ARG NAME[=VALUE]");
      }
      variables.add(new Assignment(name, equals < 0 ? null : word.substring(equals + 1)));
    }
    return variables;
  }

  /// Reads `NAME=VALUE...`, or the old form `NAME VALUE` in which the value is the rest of the
  /// line.
  private List<Assignment> pairs(Place place, String keyword, String rest) {
    List<String> words = ShellWords.raw(rest, escape);
    String first = words.getFirst();
    if (first.indexOf('=') < 0) {
      if (words.size() < 2) {
        throw place.wrong(keyword + " " + first + " has no value", "write " + form(keyword));
      }
      String value = rest.substring(first.length()).strip();
      return List.of(new Assignment(first, value));
    }
    List<Assignment> pairs = new ArrayList<>();
    for (String word : words) {
      int equals = word.indexOf('=');
      if (equals <= 0) {
        throw place.wrong(
            "\"" + word + "\" is not NAME=VALUE", "put a value that has blanks between quotes");
      }
      pairs.add(new Assignment(word.substring(0, equals), word.substring(equals + 1)));
    }
    return pairs;
  }

  private static Instruction run(LogicalLine line, String text) {
    List<String> allowed = List.of("mount", "network", "security");
    Flags flags = Flags.of(line.place(), line.rest()).allow("RUN", allowed);
    String security = flags.value("security", "sandbox");
    if (!security.equals("sandbox")) {
      throw line.place().wrong("RUN --security=" + security + " is not offered", "leave it out");
    }
    Command command =
        line.heredocs().isEmpty()
            ? command(flags.rest())
            : new Command.Shell(flags.rest(), line.heredocs());
    if (flags.rest().isEmpty()) {
      throw line.place().wrong("RUN has nothing to run", "write " + form("RUN"));
    }
    return new Instruction.Run(
        line.place(), text, command, flags.all("mount"), flags.value("network", ""));
  }

  static Command command(String rest) {
    return JsonForm.read(rest)
        .<Command>map(Command.Exec::new)
        .orElseGet(() -> new Command.Shell(rest, List.of()));
  }

  private List<String> words(String rest) {
    return JsonForm.read(rest).orElseGet(() -> ShellWords.raw(rest, escape));
  }

  private static Instruction shell(Place place, String text, String rest) {
    List<String> words = JsonForm.read(rest).orElse(List.of());
    if (words.isEmpty()) {
      throw place.wrong("SHELL takes a JSON array of strings", "write " + form("SHELL"));
    }
    return new Instruction.Shell(place, text, words);
  }

  private Instruction onBuild(LogicalLine line, String text) {
    LogicalLine inner = new LogicalLine(line.place(), line.rest(), line.heredocs());
    String keyword = inner.keyword().toUpperCase(Locale.ROOT);
    if (List.of("ONBUILD", "FROM", "MAINTAINER").contains(keyword)) {
      throw line.place().wrong("ONBUILD " + keyword + " is not allowed", "");
    }
    // For its complaint, which is better told here than in the builds that begin with the image.
    var _ = parse(inner);
    StringBuilder trigger = new StringBuilder(inner.text());
    for (Heredoc document : inner.heredocs()) {
      trigger.append('\n').append(document.text()).append(document.name());
    }
    return new Instruction.OnBuild(line.place(), text, trigger.toString());
  }

  /// Reads COPY and ADD.
  private static final class CopyParser {
    private final char escape;

    CopyParser(char escape) {
      this.escape = escape;
    }

    Instruction parse(LogicalLine line, Instruction.Copy.Kind kind, String text) {
      Place place = line.place();
      List<String> allowed =
          kind == Instruction.Copy.Kind.COPY
              ? List.of("from", "chown", "chmod", "link", "exclude", "parents")
              : List.of("chown", "chmod", "link", "exclude", "checksum", "keep-git-dir");
      Flags flags = Flags.of(place, line.rest()).allow(kind.name(), allowed);
      // Accepted for what it promises: that the result does not depend on what is there.
      var _ = flags.has("link");
      List<String> words =
          JsonForm.read(flags.rest()).orElseGet(() -> ShellWords.raw(flags.rest(), escape));
      if (words.size() < 2) {
        throw place.wrong(kind + " needs a source and a target", "write " + form(kind.name()));
      }
      CopyOptions options =
          new CopyOptions(
              flags.value("from", ""),
              flags.value("chown", ""),
              flags.value("chmod", ""),
              flags.all("exclude"),
              flags.has("parents"));
      return new Instruction.Copy(
          place,
          text,
          kind,
          options,
          words.subList(0, words.size() - 1),
          words.getLast(),
          line.heredocs());
    }
  }

  /// Reads HEALTHCHECK.
  private record HealthcheckParser(Place place, String text) {
    private static final Map<String, String> TIMES =
        Map.of(
            "interval", "Interval",
            "timeout", "Timeout",
            "start-period", "StartPeriod",
            "start-interval", "StartInterval");

    Instruction parse(String rest) {
      List<String> allowed =
          List.of("interval", "timeout", "start-period", "start-interval", "retries");
      Flags flags = Flags.of(place, rest).allow("HEALTHCHECK", allowed);
      String what = flags.rest();
      if (what.equalsIgnoreCase("NONE")) {
        return new Instruction.Healthcheck(place, text, null, List.of(), 0);
      }
      boolean command = what.length() > 4 && what.substring(0, 4).equalsIgnoreCase("CMD ");
      if (!command) {
        throw place.wrong("HEALTHCHECK without CMD or NONE", "write " + form("HEALTHCHECK"));
      }
      List<Map.Entry<String, Long>> times = new ArrayList<>();
      for (Map.Entry<String, String> flag : flags.values()) {
        String member = TIMES.get(flag.getKey());
        if (member != null) {
          times.add(Map.entry(member, GoDuration.nanos(place, flag.getValue())));
        }
      }
      return new Instruction.Healthcheck(
          place, text, command(what.substring(4).strip()), times, retries(flags));
    }

    private int retries(Flags flags) {
      String value = flags.value("retries", "0");
      try {
        int retries = Integer.parseInt(value);
        if (retries >= 0) {
          return retries;
        }
      } catch (NumberFormatException _) {
        // Told below.
      }
      throw place.wrong("--retries=" + value + " is not a number", "write --retries=3");
    }
  }
}
