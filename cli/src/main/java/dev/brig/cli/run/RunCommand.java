package dev.brig.cli.run;

import dev.brig.cli.bundle.RunOptions;
import dev.brig.cli.bundle.RunOptions.Switch;
import dev.brig.cli.command.Command;
import dev.brig.cli.command.Context;
import dev.brig.cli.run.ContainerMaker.Made;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.runtime.compile.Launch.Removal;

/// `brig run`.
public final class RunCommand implements Command<RunOption> {
  private final Context context;

  /// Makes the command.
  public RunCommand(Context context) {
    this.context = context;
  }

  @Override
  public Syntax<RunOption> syntax() {
    return RunSyntax.run();
  }

  @Override
  public int run(Reading.Arguments<RunOption> arguments) {
    RunOptions options = RunOptionsReader.read(arguments, context.environment());
    Made made = new ContainerMaker(context).make(ImageRequest.of(arguments), options);
    try {
      ContainerStarter.Start start =
          new ContainerStarter.Start(
              made.prepared().bundle().spec(),
              made.prepared().cgroups(),
              made.prepared().filter(),
              options.origins(),
              Removal.REMOVE,
              options.lifecycle().has(Switch.TRACE)
                  ? ContainerStarter.Tracing.ON
                  : ContainerStarter.Tracing.OFF,
              made.container().record().id().text());
      throw new ContainerStarter(context).become(made.container(), start);
    } catch (RuntimeException e) {
      ContainerMaker.discard(made.container(), e);
      throw e;
    }
  }
}
