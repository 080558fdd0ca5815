package dev.brig.image.build;

import dev.brig.image.build.Instruction.Assignment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Turns the instructions of a stage into steps, one after the other, and keeps the configuration
/// that they make.
public final class StageEvaluator {
  private static final List<String> SHELL = List.of("/bin/sh", "-c");
  private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  private final BuildArguments arguments;
  private final Variables globals;
  private final ConfigDraft config;
  private final char escape;
  private Variables args;
  private boolean commandSet;

  /// Makes an evaluator for a stage.
  ///
  /// @param arguments what the build was given
  /// @param globals the variables of the ARGs before the first FROM
  /// @param config the configuration that the stage begins with; changed by the steps
  /// @param inherited the ARGs of the stage that this one begins with
  /// @param escape the build file's escape character
  public StageEvaluator(
      BuildArguments arguments,
      Variables globals,
      ConfigDraft config,
      Variables inherited,
      char escape) {
    this.arguments = arguments;
    this.globals = globals;
    this.config = config;
    this.args = inherited;
    this.escape = escape;
    // What a build runs with is what its containers run with.
    if (config.variables().get("PATH").isEmpty()) {
      config.env("PATH", PATH);
    }
  }

  /// Returns the configuration as it is.
  public ConfigDraft config() {
    return config;
  }

  /// Returns the ARGs that have been declared.
  public Variables args() {
    return args;
  }

  /// Returns the image or stage that a FROM begins with, its variables replaced.
  ///
  /// @param from the instruction
  /// @param globals the variables of the ARGs before the first FROM
  /// @param escape the build file's escape character
  public static String base(Instruction.From from, Variables globals, char escape) {
    String name = new Expander(from.place(), globals, escape).word(from.image());
    if (name.isEmpty()) {
      throw from.place()
          .wrong(
              "FROM " + from.image() + " is empty",
              "declare its variables by ARG before the first FROM, or give them: --build-arg");
    }
    return name;
  }

  /// Returns the platform that a FROM asks for, its variables replaced, or an empty text.
  ///
  /// @param from the instruction
  /// @param globals the variables of the ARGs before the first FROM
  /// @param escape the build file's escape character
  public static String platform(Instruction.From from, Variables globals, char escape) {
    return new Expander(from.place(), globals, escape).word(from.platform());
  }

  private Variables visible() {
    return args.with(config.variables());
  }

  private Expander expander(Instruction instruction) {
    return new Expander(instruction.place(), visible(), escape);
  }

  /// Returns what an instruction asks for; what it changes of the configuration has changed then.
  ///
  /// @param instruction any but FROM
  public Step next(Instruction instruction) {
    return switch (instruction) {
      case Instruction.From from -> throw from.place().wrong("FROM within a stage", "");
      case Instruction.Arg arg -> declare(arg);
      case Instruction.Pairs pairs -> pairs(pairs);
      case Instruction.Run run -> run(run);
      case Instruction.Copy copy -> copy(copy);
      case Instruction.Start start -> start(start);
      case Instruction.Single single -> single(single);
      case Instruction.Listing listing -> listing(listing);
      case Instruction.Shell shell -> {
        config.set("Shell", shell.words());
        yield new Step.Configure(shell, "SHELL " + spaced(shell.words()));
      }
      case Instruction.Healthcheck check -> healthcheck(check);
      case Instruction.OnBuild onBuild -> {
        List<String> triggers = config.list("OnBuild");
        triggers.add(onBuild.trigger());
        config.set("OnBuild", triggers);
        yield new Step.Configure(onBuild, "ONBUILD " + onBuild.trigger());
      }
    };
  }

  private static String spaced(List<String> words) {
    return "[" + String.join(" ", words) + "]";
  }

  private Step declare(Instruction.Arg arg) {
    StringBuilder history = new StringBuilder("ARG");
    for (Assignment variable : arg.variables()) {
      String value = variable.value();
      String name = variable.name();
      String given = arguments.given().values().get(name);
      String found =
          given != null
              ? given
              : value != null
                  ? new Expander(arg.place(), visible(), escape).word(value)
                  : globals.values().get(name);
      if (found != null) {
        args = args.with(name, found);
      }
      boolean shown = found != null && !BuildArguments.isProxy(name);
      history.append(' ').append(name).append(shown ? "=" + found : "");
    }
    return new Step.Configure(arg, history.toString());
  }

  private Step pairs(Instruction.Pairs pairs) {
    // All see the variables as they were before the instruction.
    Expander expander = expander(pairs);
    StringBuilder history = new StringBuilder(pairs.kind().name());
    for (Assignment pair : pairs.pairs()) {
      String name = expander.word(pair.name());
      String value = expander.word(pair.value() == null ? "" : pair.value());
      if (name.isEmpty()) {
        throw pairs.place().wrong("\"" + pair.name() + "\" is an empty name", "");
      }
      switch (pairs.kind()) {
        case ENV -> config.env(name, value);
        case LABEL -> config.label(name, value);
      }
      history.append(' ').append(name).append('=').append(value);
    }
    return new Step.Configure(pairs, history.toString());
  }

  private List<String> shell() {
    List<String> shell = config.list("Shell");
    return shell.isEmpty() ? SHELL : shell;
  }

  private String workingDirectory() {
    String directory = config.text("WorkingDir");
    return directory.isEmpty() ? "/" : directory;
  }

  private Step run(Instruction.Run run) {
    Expander expander = expander(run);
    List<RunMount> mounts = new ArrayList<>();
    for (String mount : run.mounts()) {
      mounts.add(RunMount.parse(run.place(), expander.word(mount), workingDirectory()));
    }
    String network = expander.word(run.network());
    if (!List.of("", "default", "none", "host").contains(network)) {
      throw run.place()
          .wrong("--network=" + network + " is not offered", "one of none, host and default");
    }
    List<String> words = run.command().words(shell());
    List<String> keyed = new ArrayList<>();
    for (Map.Entry<String, String> variable : visible().values().entrySet()) {
      if (!BuildArguments.isProxy(variable.getKey())
          || config.variables().get(variable.getKey()).isPresent()) {
        keyed.add(variable.getKey() + "=" + variable.getValue());
      }
    }
    List<String> environment = new ArrayList<>(arguments.proxies());
    environment.addAll(keyed);
    return new Step.Run(
        run,
        "RUN " + history(words, run.command().file()),
        words,
        run.command().file(),
        mounts,
        network.equals("default") ? "" : network,
        new Step.RunContext(config.text("User"), workingDirectory(), environment, keyed));
  }

  private static String history(List<String> words, String file) {
    return file.isEmpty() ? String.join(" ", words) : file.strip();
  }

  private Step copy(Instruction.Copy copy) {
    Expander expander = expander(copy);
    List<String> sources = new ArrayList<>();
    List<CopyRequest.TextFile> files = new ArrayList<>();
    for (String source : copy.sources()) {
      Heredoc document = document(copy, source);
      if (document == null) {
        sources.add(expander.word(source));
      } else {
        String text =
            document.expansion() == Heredoc.Expansion.EXPANDED
                ? expander.document(document.text())
                : document.text();
        files.add(new CopyRequest.TextFile(document.name(), text));
      }
    }
    String target = expander.word(copy.target());
    if (target.isEmpty()) {
      throw copy.place().wrong(copy.kind() + " has an empty target", "");
    }
    Instruction.CopyOptions given = copy.options();
    Instruction.CopyOptions options =
        new Instruction.CopyOptions(
            expander.word(given.from()),
            expander.word(given.chown()),
            expander.word(given.chmod()),
            given.excludes().stream().map(expander::word).toList(),
            given.parents());
    CopyRequest request =
        new CopyRequest(
            copy.place(),
            copy.kind(),
            options,
            sources,
            Paths.target(target, workingDirectory()),
            files);
    List<String> shown = new ArrayList<>(sources);
    files.forEach(file -> shown.add("<<" + file.name()));
    String history =
        copy.kind()
            + (options.from().isEmpty() ? "" : " --from=" + options.from())
            + (options.chown().isEmpty() ? "" : " --chown=" + options.chown())
            + (options.chmod().isEmpty() ? "" : " --chmod=" + options.chmod())
            + " "
            + String.join(" ", shown)
            + " "
            + target;
    return new Step.Copy(copy, history, request);
  }

  private static @Nullable Heredoc document(Instruction.Copy copy, String word) {
    for (Heredoc document : copy.documents()) {
      if (document.word().equals(word)) {
        return document;
      }
    }
    return null;
  }

  private Step start(Instruction.Start start) {
    List<String> words = start.command().words(shell());
    switch (start.kind()) {
      case CMD -> {
        config.set("Cmd", words);
        commandSet = true;
      }
      case ENTRYPOINT -> {
        config.set("Entrypoint", words);
        // The base's command was written for the base's entry point.
        if (!commandSet) {
          config.remove("Cmd");
        }
      }
    }
    return new Step.Configure(start, start.kind() + " " + JsonForm.write(words));
  }

  private Step single(Instruction.Single single) {
    String argument =
        single.kind() == Instruction.Single.Kind.MAINTAINER
            ? single.argument()
            : expander(single).word(single.argument());
    String history = single.kind() + " " + argument;
    if (argument.isEmpty()) {
      throw single.place().wrong(single.kind() + " is empty", "");
    }
    return switch (single.kind()) {
      case WORKDIR -> {
        String path = Paths.absolute(argument, workingDirectory());
        config.set("WorkingDir", path);
        yield new Step.Directory(single, "WORKDIR " + path, path, config.text("User"));
      }
      case USER -> {
        config.set("User", argument);
        yield new Step.Configure(single, history);
      }
      case STOPSIGNAL -> {
        config.set("StopSignal", argument);
        yield new Step.Configure(single, history);
      }
      case MAINTAINER -> {
        config.author(argument);
        yield new Step.Configure(single, history);
      }
    };
  }

  private Step listing(Instruction.Listing listing) {
    List<String> words = new ArrayList<>();
    for (String word : listing.words()) {
      words.addAll(expander(listing).words(word));
    }
    switch (listing.kind()) {
      case EXPOSE -> {
        for (String word : words) {
          for (String port : Ports.of(listing.place(), word)) {
            config.addKey("ExposedPorts", port);
          }
        }
      }
      case VOLUME -> {
        for (String word : words) {
          if (word.isEmpty()) {
            throw listing.place().wrong("VOLUME has an empty path", "");
          }
          config.addKey("Volumes", word);
        }
      }
    }
    return new Step.Configure(listing, listing.kind() + " " + spaced(words));
  }

  private Step healthcheck(Instruction.Healthcheck check) {
    List<String> test = new ArrayList<>();
    switch (check.check()) {
      case null -> test.add("NONE");
      case Command.Exec(List<String> words) -> {
        test.add("CMD");
        test.addAll(words);
      }
      case Command.Shell line -> {
        test.add("CMD-SHELL");
        test.add(line.text());
      }
    }
    config.healthcheck(test, check.times(), check.retries());
    return new Step.Configure(check, check.text());
  }
}
