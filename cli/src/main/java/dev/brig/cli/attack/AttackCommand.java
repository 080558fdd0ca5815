package dev.brig.cli.attack;

import dev.brig.cli.bundle.NamespaceMode;
import dev.brig.cli.bundle.RunOptions;
import dev.brig.cli.command.Command;
import dev.brig.cli.command.Context;
import dev.brig.cli.command.ExitCodes;
import dev.brig.cli.command.ToldException;
import dev.brig.cli.output.Json;
import dev.brig.cli.output.Table;
import dev.brig.cli.run.ProgramContainer;
import dev.brig.cli.run.RunOption;
import dev.brig.cli.run.RunOptionsReader;
import dev.brig.cli.run.StepContainer;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Option;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.compiler.CompileOptions;
import dev.brig.compiler.Compiler;
import dev.brig.error.Spelling;
import dev.brig.error.UnsupportedException;
import dev.brig.error.UsageException;
import dev.brig.runtime.attack.Attack;
import dev.brig.runtime.attack.AttackPlan;
import dev.brig.runtime.attack.AttackPlanner;
import dev.brig.runtime.attack.AttackReading;
import dev.brig.runtime.attack.AttackReading.Result;
import dev.brig.runtime.attack.Battery;
import dev.brig.runtime.attack.Verdict;
import dev.brig.runtime.container.AppliedLimit;
import dev.brig.runtime.spec.LinuxNamespaceType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// `brig attack`: tries to get out of a container, in one with exactly the options given.
public final class AttackCommand implements Command<Option> {
  private static final int SOMETHING_GOT_THROUGH = 1;
  private static final String TIMEOUT_SECONDS = "60";

  private final Context context;

  /// Makes the command.
  public AttackCommand(Context context) {
    this.context = context;
  }

  @Override
  public Syntax<Option> syntax() {
    List<Option> options = new ArrayList<>(List.of(AttackOption.values()));
    options.addAll(List.of(RunOption.values()));
    return new Syntax<>(
        "attack",
        "Try to get out of a container that has these options, in every way brig knows.",
        options,
        new Operands("IMAGE", 0, 1, Operands.Order.MIXED),
        List.of(
            "",
            "The attacks run inside, in place of a command, and harm nothing: what would",
            "change this machine is tried only as far as the kernel's permission. Each is",
            "blocked, by the call that failed or by what was reached instead; not blocked,",
            "with what shows it; or inconclusive, with what it lacked. The exit status is 0",
            "if nothing got through, 1 if something did, 125 if not all could be tried.",
            "",
            "Examples:",
            "  brig attack host                      the container that brig run makes",
            "  brig attack host --privileged         what --privileged gives away",
            "  brig attack --only kill,ptrace --pid host debian"));
  }

  @Override
  public int run(Reading.Arguments<Option> arguments) {
    List<Attack> attacks = chosen(arguments.value(AttackOption.ONLY, ""));
    if (arguments.has(AttackOption.LIST)) {
      context.out().print(arguments.has(AttackOption.JSON) ? listJson(attacks) : list(attacks));
      return ExitCodes.SUCCESS;
    }
    if (arguments.operands().isEmpty()) {
      throw new UsageException("", "missing IMAGE", "brig attack host attacks the usual container");
    }
    Battle battle = attack(attacks, runArguments(arguments), secret(arguments));
    List<Result> results = battle.results();
    context
        .out()
        .print(
            arguments.has(AttackOption.JSON)
                ? json(arguments.operands().getFirst(), results)
                : table(results));
    if (battle.status() != 0) {
      context.warn(
          "the attacks did not end by themselves, but with status "
              + battle.status()
              + ": those that have said nothing were not tried");
    }
    if (count(results, "not blocked") > 0) {
      return SOMETHING_GOT_THROUGH;
    }
    return battle.status() == 0 ? ExitCodes.SUCCESS : ExitCodes.FAILURE;
  }

  /// What came of all attacks.
  ///
  /// @param status how the program that makes them ended, 0 if it has tried all
  /// @param results what came of each
  private record Battle(int status, List<Result> results) {}

  private String secret(Reading.Arguments<Option> arguments) {
    String path = arguments.value(AttackOption.SECRET, "");
    if (!path.isEmpty() && !(path.startsWith("/") && context.kernel().attributes().exists(path))) {
      throw new UsageException(
          "--secret " + path,
          path.startsWith("/") ? "there is no such file" : "not a path from / on",
          "");
    }
    return path;
  }

  private Battle attack(
      List<Attack> attacks, Reading.Arguments<RunOption> arguments, String secret) {
    RunOptions options = RunOptionsReader.read(arguments, context.environment());
    try (ProgramContainer container = ProgramContainer.make(context, arguments)) {
      AttackPlan plan =
          AttackPlanner.plan(
              attacks,
              new FactsReader(context.kernel())
                  .collect(pidsMax(container.limits()), secret, shared(options.isolation())));
      byte[] program =
          Compiler.compile(plan.plan(), new CompileOptions(context.kernel().machine())).image();
      StepContainer.Ended ended = container.run(program);
      if (ended.status() >= ExitCodes.FAILURE && ended.status() <= ExitCodes.NOT_FOUND) {
        context.err().print(ended.output());
        throw new ToldException(ended.status());
      }
      List<Result> results = AttackReading.read(plan, ended.output());
      boolean silent =
          results.stream().allMatch(result -> result.verdict().equals(AttackReading.SILENCE));
      if (silent && ended.status() != 0) {
        context.err().print(ended.output());
        throw new UnsupportedException(
            "the attacks",
            "did not run: status " + ended.status(),
            "try the options with a command of yours: brig run");
      }
      return new Battle(ended.status(), results);
    }
  }

  /// Returns how many processes there may be, or 0 if there is no limit.
  private static int pidsMax(List<AppliedLimit> limits) {
    for (AppliedLimit limit : limits) {
      if (limit.file().endsWith("/pids.max")) {
        return Integer.parseInt(limit.value());
      }
    }
    return 0;
  }

  /// Returns what a container with a kernel of its own shares with the host all the same.
  private static Optional<Set<String>> shared(RunOptions.Isolation isolation) {
    if (!isolation.degree().hasOwnKernel()) {
      return Optional.empty();
    }
    NamespaceMode network = isolation.modes().get(LinuxNamespaceType.NETWORK);
    return Optional.of(NamespaceMode.HOST.equals(network) ? Set.of("net") : Set.of());
  }

  private static Reading.Arguments<RunOption> runArguments(Reading.Arguments<Option> arguments) {
    List<Reading.Setting<RunOption>> settings = new ArrayList<>();
    settings.add(new Reading.Setting<>(RunOption.TIMEOUT, TIMEOUT_SECONDS));
    for (Reading.Setting<Option> setting : arguments.settings()) {
      if (setting.option() instanceof RunOption option) {
        settings.add(new Reading.Setting<>(option, setting.value()));
      }
    }
    return new Reading.Arguments<>(settings, arguments.operands());
  }

  private List<Attack> chosen(String names) {
    List<Attack> all = Battery.attacks(context.kernel().machine());
    if (names.isEmpty()) {
      return all;
    }
    List<String> known = all.stream().map(Attack::name).toList();
    List<String> wanted = List.of(names.split(",", -1));
    for (String name : wanted) {
      if (!known.contains(name)) {
        List<String> near = Spelling.near(name, known);
        throw new UsageException(
            "--only " + name,
            "there is no such attack",
            near.isEmpty()
                ? "brig attack --list shows them"
                : "did you mean " + String.join(" or ", near) + "?");
      }
    }
    return all.stream().filter(attack -> wanted.contains(attack.name())).toList();
  }

  private static String list(List<Attack> attacks) {
    Table table = new Table("ATTACK", "TRIES TO", "ANSWERED BY");
    for (Attack attack : attacks) {
      table.add(attack.name(), attack.tries(), attack.answer());
    }
    return table.text();
  }

  private static String listJson(List<Attack> attacks) {
    Json json = new Json().beginArray();
    for (Attack attack : attacks) {
      json.beginObject()
          .property("name", attack.name())
          .property("tries", attack.tries())
          .property("answer", attack.answer())
          .endObject();
    }
    return json.endArray().text();
  }

  private static String table(List<Result> results) {
    Table table = new Table("ATTACK", "VERDICT", "WHY");
    for (Result result : results) {
      table.add(result.attack().name(), result.verdict().word(), result.verdict().why());
    }
    return table.text()
        + "\n"
        + results.size()
        + " attacks: "
        + count(results, "blocked")
        + " blocked, "
        + count(results, "not blocked")
        + " not blocked, "
        + count(results, "inconclusive")
        + " inconclusive\n";
  }

  private static String json(String image, List<Result> results) {
    Json json = new Json().beginObject().property("image", image).name("attacks").beginArray();
    for (Result result : results) {
      Attack attack = result.attack();
      Verdict verdict = result.verdict();
      json.beginObject()
          .property("name", attack.name())
          .property("tries", attack.tries())
          .property("answer", attack.answer())
          .property("verdict", verdict.word())
          .property("why", verdict.why())
          .endObject();
    }
    return json.endArray()
        .property("blocked", count(results, "blocked"))
        .property("notBlocked", count(results, "not blocked"))
        .property("inconclusive", count(results, "inconclusive"))
        .endObject()
        .text();
  }

  private static long count(List<Result> results, String word) {
    return results.stream().filter(result -> result.verdict().word().equals(word)).count();
  }
}
