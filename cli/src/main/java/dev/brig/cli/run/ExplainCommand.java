package dev.brig.cli.run;

import dev.brig.cli.bundle.RunOptions;
import dev.brig.cli.command.Command;
import dev.brig.cli.command.Context;
import dev.brig.cli.command.ExitCodes;
import dev.brig.cli.syntax.ArgumentReader;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.error.UsageException;
import dev.brig.image.Image;
import dev.brig.image.store.ImageStore;
import dev.brig.plan.Plan;
import dev.brig.plan.PlanJson;
import dev.brig.plan.PlanListing;
import dev.brig.runtime.compile.Launch.Removal;
import dev.brig.runtime.container.ContainerPaths;
import java.util.List;

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
        Operands.lastFrom(1, "run [RUN-OPTIONS] IMAGE [COMMAND [ARG...]]"),
        List.of(
            "",
            "The calls are numbered, in strace's notation, each with its reason and the option",
            "that asked for it. It is the same plan that brig run becomes. Works without root.",
            "",
            "Examples:",
            "  brig explain run --rm host true",
            "  brig explain --json run --memory 64m host true | jq ."));
  }

  @Override
  public int run(Reading.Arguments<ExplainOption> arguments) {
    List<String> words = arguments.operands();
    if (!words.getFirst().equals("run") && !words.getFirst().equals("create")) {
      throw new UsageException(
          words.getFirst(), "can't be explained", "brig explain run [RUN-OPTIONS] IMAGE COMMAND");
    }
    return switch (ArgumentReader.read(RunSyntax.run(), words.subList(1, words.size()))) {
      case Reading.Help<RunOption>(String text) -> {
        context.out().println(text);
        yield ExitCodes.SUCCESS;
      }
      case Reading.Arguments<RunOption> line -> {
        Plan plan = plan(line);
        context
            .out()
            .println(arguments.has(ExplainOption.JSON) ? PlanJson.of(plan) : PlanListing.of(plan));
        yield ExitCodes.SUCCESS;
      }
    };
  }

  private Plan plan(Reading.Arguments<RunOption> line) {
    RunOptions options = RunOptionsReader.read(line, context.environment());
    try (ImageStore images = context.images()) {
      Image image = images.resolve(line.operands().getFirst());
      Preparation.Prepared prepared =
          new Preparation(context, context.containersAsTheyAre()).prepare(image, options);
      ContainerPaths paths = context.paths().of(prepared.record().id());
      ContainerStarter.Start start =
          new ContainerStarter.Start(
              prepared.bundle().spec(),
              prepared.cgroups(),
              prepared.filter(),
              options.origins(),
              Removal.REMOVE,
              ContainerStarter.Tracing.OFF);
      return new ContainerStarter(context).plan(prepared.record(), paths, start);
    }
  }
}
