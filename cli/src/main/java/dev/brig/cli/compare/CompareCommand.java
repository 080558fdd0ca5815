package dev.brig.cli.compare;

import dev.brig.cli.command.Command;
import dev.brig.cli.command.Context;
import dev.brig.cli.command.ExitCodes;
import dev.brig.cli.compare.report.HtmlReport;
import dev.brig.cli.compare.report.TextReport;
import dev.brig.cli.compare.result.Analysis;
import dev.brig.cli.compare.result.Comparison;
import dev.brig.cli.compare.result.ComparisonReader;
import dev.brig.cli.compare.result.ComparisonWriter;
import dev.brig.cli.compare.result.Difference;
import dev.brig.cli.compare.statistics.Draws;
import dev.brig.cli.output.Json;
import dev.brig.cli.output.Table;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.error.UsageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// `brig compare`.
public final class CompareCommand implements Command<CompareOption> {
  /// The status of a comparison that `--strict` does not believe.
  private static final int NOISY = 3;

  private static final Set<CompareOption> SHOWING =
      EnumSet.of(
          CompareOption.REPLAY, CompareOption.OUTPUT, CompareOption.JSON, CompareOption.STRICT);

  private final Context context;
  private final String version;

  /// Makes the command.
  ///
  /// @param version brig's, for the record
  public CompareCommand(Context context, String version) {
    this.context = context;
    this.version = version;
  }

  @Override
  public Syntax<CompareOption> syntax() {
    return new Syntax<>(
        "compare",
        "Measure what separation costs: a process, a chroot, containers of brig's and others'.",
        List.of(CompareOption.values()),
        new Operands("[OLD NEW]", 0, 2, Operands.Order.MIXED),
        List.of(
            "",
            "One small program measures from within every arm, in rounds: each runs every",
            "arm once, in an order of its own. bare runs twice: what the two differ by is",
            "noise, and what differs no more from bare is called the same (~). Arms that",
            "can't run here are told with the reason. docs/compare.md says how to read it,",
            "and what it can't tell.",
            "",
            "Examples:",
            "  brig compare --quick -o result        and open result/report.html",
            "  brig compare --rungs container,runc --metrics start,sys",
            "  brig compare --replay result/result.json -o again",
            "  brig compare --diff old/result.json new/result.json"));
  }

  @Override
  public int run(Reading.Arguments<CompareOption> arguments) {
    String replay = arguments.value(CompareOption.REPLAY, "");
    boolean diff = arguments.has(CompareOption.DIFF);
    if (diff != (arguments.operands().size() == 2) || arguments.operands().size() == 1) {
      throw new UsageException(
          diff ? "--diff" : arguments.operands().getFirst(),
          diff ? "takes two comparisons" : "compare takes no such word",
          "brig compare --diff OLD/result.json NEW/result.json");
    }
    if (diff) {
      only(arguments, "--diff", EnumSet.of(CompareOption.DIFF, CompareOption.JSON));
      return differences(arguments);
    }
    if (!replay.isEmpty()) {
      only(arguments, "--replay", SHOWING);
      return show(arguments, Analysis.of(read(replay)));
    }
    long begin = System.nanoTime();
    Settings settings = Settings.of(arguments);
    // What can't be written is found before minutes are spent.
    makeOutput(arguments.value(CompareOption.OUTPUT, ""));
    try (Bench bench = Bench.open(context);
        Watchdog watchdog = new Watchdog();
        Interruption _ = new Interruption(bench, watchdog)) {
      List<Rung> rungs = Rungs.of(context, bench);
      settings.check(rungs);
      Runner runner = new Runner(bench, settings, watchdog);
      Session session = new Session(context, settings, bench, runner, begin);
      if (arguments.has(CompareOption.DRY_RUN)) {
        dryRun(settings, rungs, bench);
        return ExitCodes.SUCCESS;
      }
      session.tryAll(rungs);
      if (arguments.has(CompareOption.LIST)) {
        list(arguments, rungs, session.reasons());
        return ExitCodes.SUCCESS;
      }
      return show(arguments, Analysis.of(session.compare(rungs, version)));
    }
  }

  /// Refuses options that what is asked for would not heed.
  private static void only(
      Reading.Arguments<CompareOption> arguments, String asked, Set<CompareOption> heeded) {
    for (Reading.Setting<CompareOption> setting : arguments.settings()) {
      String name = setting.option().longestName();
      if (!heeded.contains(setting.option())) {
        throw new UsageException(name, "means nothing to " + asked, "leave it out");
      }
    }
  }

  private static Comparison read(String file) {
    try {
      byte[] bytes = Files.readAllBytes(Path.of(file));
      return ComparisonReader.read(file, new String(bytes, StandardCharsets.UTF_8));
    } catch (IOException e) {
      UsageException wrong =
          new UsageException(file, "can't be read", "give a result.json of brig compare -o");
      wrong.addSuppressed(e);
      throw wrong;
    }
  }

  private int show(Reading.Arguments<CompareOption> arguments, Analysis analysis) {
    String json = ComparisonWriter.json(analysis);
    String table = TextReport.of(analysis);
    String output = arguments.value(CompareOption.OUTPUT, "");
    if (!output.isEmpty()) {
      makeOutput(output);
      Path directory = Path.of(output);
      try {
        Files.writeString(directory.resolve("result.json"), json);
        Files.writeString(directory.resolve("table.txt"), table);
        Files.writeString(
            directory.resolve("samples.csv"), TextReport.samples(analysis.comparison()));
        Files.writeString(directory.resolve("report.html"), HtmlReport.of(analysis));
      } catch (IOException e) {
        throw noOutput(output, e);
      }
    }
    context.out().print(arguments.has(CompareOption.JSON) ? json : table);
    boolean believed = analysis.quiet().isQuiet() || !arguments.has(CompareOption.STRICT);
    return believed ? ExitCodes.SUCCESS : NOISY;
  }

  private static void makeOutput(String output) {
    try {
      if (!output.isEmpty()) {
        Files.createDirectories(Path.of(output));
      }
    } catch (IOException e) {
      throw noOutput(output, e);
    }
  }

  private static UsageException noOutput(String output, IOException cause) {
    UsageException wrong =
        new UsageException("--output " + output, "can't be written", "name a directory");
    wrong.addSuppressed(cause);
    return wrong;
  }

  private int differences(Reading.Arguments<CompareOption> arguments) {
    Analysis older = Analysis.of(read(arguments.operands().getFirst()));
    Analysis newer = Analysis.of(read(arguments.operands().getLast()));
    List<Difference> differences = Difference.between(older, newer);
    if (!arguments.has(CompareOption.JSON)) {
      context.out().print(TextReport.differences(differences));
      return ExitCodes.SUCCESS;
    }
    Json json = new Json().beginArray();
    for (Difference difference : differences) {
      json.beginObject()
          .property("rung", difference.after().arm())
          .property("metric", difference.after().metric().id())
          .property("old", Double.toString(difference.before().summary().median()))
          .property("new", Double.toString(difference.after().summary().median()))
          .flag("change", difference.isChange())
          .endObject();
    }
    context.out().print(json.endArray().text());
    return ExitCodes.SUCCESS;
  }

  private void list(
      Reading.Arguments<CompareOption> arguments, List<Rung> rungs, Map<String, String> reasons) {
    Table table = new Table("RUNG", "WHAT", "HERE");
    Json json = new Json().beginArray();
    for (Rung rung : rungs) {
      String reason = reasons.getOrDefault(rung.id(), "");
      table.add(rung.id(), rung.label(), reason.isEmpty() ? "yes" : "no: " + reason);
      json.beginObject().property("id", rung.id()).property("label", rung.label());
      json.flag("available", reason.isEmpty()).property("reason", reason).endObject();
    }
    String text = arguments.has(CompareOption.JSON) ? json.endArray().text() : table.text();
    context.out().print(text);
  }

  private void dryRun(Settings settings, List<Rung> rungs, Bench bench) {
    List<Rung> running = new ArrayList<>();
    for (Rung rung : rungs) {
      if (rung.reason().isEmpty()) {
        running.add(rung);
        context.out().println(rung.id() + ": " + String.join(" ", Session.recipe(rung, bench)));
      } else {
        context.out().println(rung.id() + ": " + rung.reason());
      }
    }
    StringBuilder order = new StringBuilder("round 1:");
    for (int place : Draws.order(settings.seed(), 1, running.size())) {
      order.append(' ').append(running.get(place).id());
    }
    context.out().println(order);
  }

  /// What a ^C or a SIGTERM does: what runs is ended, and the bench is removed.
  private static final class Interruption implements AutoCloseable {
    private final Thread hook;

    Interruption(Bench bench, Watchdog watchdog) {
      hook =
          new Thread(
              () -> {
                watchdog.forbid();
                bench.close();
              },
              "interruption");
      Runtime.getRuntime().addShutdownHook(hook);
    }

    @Override
    public void close() {
      try {
        var _ = Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException _) {
        // This process is ending already, and the hook does the rest: ignored.
      }
    }
  }
}
