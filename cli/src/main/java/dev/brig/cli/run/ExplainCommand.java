package dev.brig.cli.run;

import dev.brig.cli.bundle.RunOptions;
import dev.brig.cli.command.Command;
import dev.brig.cli.command.Context;
import dev.brig.cli.command.ExitCodes;
import dev.brig.cli.syntax.ArgumentReader;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Option;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.error.UsageException;
import dev.brig.image.Image;
import dev.brig.image.store.LayerChoice;
import dev.brig.plan.Plan;
import dev.brig.plan.PlanJson;
import dev.brig.plan.PlanListing;
import dev.brig.runtime.compile.Launch.Removal;
import dev.brig.runtime.container.ContainerName;
import dev.brig.runtime.container.ContainerRecord;
import java.util.List;
import java.util.function.Function;

/// `brig explain`: prints the plan of a command instead of becoming it. Nothing is made or changed.
public final class ExplainCommand implements Command<ExplainOption> {
  private final Context context;

  /// Makes the command.
  public ExplainCommand(Context context) {
    this.context = context;
  }

  @Override
  public Syntax<ExplainOption> syntax() {
    return new Syntax<>(
        "explain",
        "Show every system call that a command would make, and why.",
        List.of(ExplainOption.values()),
        Operands.lastFrom(1, "run|create|start|exec [OPTIONS] ARGUMENTS..."),
        List.of(
            "",
            "The calls are numbered, in strace's notation, each with its reason and the option",
            "that asked for it. It is the same plan that the command becomes. Nothing is made or",
            "changed, and run needs no root. docs/explain.md reads a listing line by line.",
            "",
            "Examples:",
            "  brig explain run --rm --memory 64m host true",
            "  brig explain exec web ps ax         how a command enters a running container",
            "  brig explain --json run host true | jq -r '.steps[].call // empty' | sort | uniq"
                + " -c"));
  }

  @Override
  public int run(Reading.Arguments<ExplainOption> arguments) {
    List<String> words = arguments.operands();
    List<String> rest = words.subList(1, words.size());
    return switch (words.getFirst()) {
      case "run" -> show(arguments, RunSyntax.run(), rest, line -> made(line, Removal.REMOVE));
      case "create" -> show(arguments, RunSyntax.create(), rest, line -> made(line, Removal.KEEP));
      case "start" -> {
        StartCommand start = new StartCommand(context);
        yield show(arguments, start.syntax(), rest, start::plan);
      }
      case "exec" -> {
        ExecCommand exec = new ExecCommand(context);
        yield show(arguments, exec.syntax(), rest, exec::plan);
      }
      default ->
          throw new UsageException(
              words.getFirst(),
              "only run, create, start and exec have a plan",
              "brig explain run [RUN-OPTIONS] IMAGE COMMAND");
    };
  }

  private <O extends Option> int show(
      Reading.Arguments<ExplainOption> arguments,
      Syntax<O> syntax,
      List<String> words,
      Function<Reading.Arguments<O>, Plan> planner) {
    switch (ArgumentReader.read(syntax, words)) {
      case Reading.Help<O>(String text) -> context.out().println(text);
      case Reading.Arguments<O> line -> {
        Plan plan = planner.apply(line);
        context
            .out()
            .print(arguments.has(ExplainOption.JSON) ? PlanJson.of(plan) : PlanListing.of(plan));
      }
    }
    return ExitCodes.SUCCESS;
  }

  private Plan made(Reading.Arguments<RunOption> line, Removal onFailure) {
    RunOptions options = RunOptionsReader.read(line, context.environment());
    String reference = line.operands().getFirst();
    LayerChoice layers = Preparation.layers(context, options);
    try (ExplainedImage explained = ExplainedImage.of(context, reference, layers)) {
      Image image = explained.image();
      Preparation.checkPlatform(image, line.value(RunOption.PLATFORM, ""));
      Preparation.Prepared prepared =
          new Preparation(context, context.containersAsTheyAre()).prepare(image, options);
      ContainerRecord record = prepared.record();
      if (record.name().isEmpty()) {
        record = record.toBuilder().name(ContainerName.first(record.id())).build();
      }
      record = explained.placed(record);
      ContainerStarter.Start start =
          new ContainerStarter.Start(
              prepared.bundle().spec(),
              prepared.cgroups(),
              prepared.filter(),
              options.origins(),
              onFailure,
              ContainerStarter.Tracing.OFF,
              record.id().text());
      return new ContainerStarter(context).plan(record, context.paths().of(record.id()), start);
    }
  }
}
