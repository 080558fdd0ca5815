package dev.brig.cli.run;

import dev.brig.cli.bundle.RunOptions;
import dev.brig.cli.command.Command;
import dev.brig.cli.command.Context;
import dev.brig.cli.command.ExitCodes;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.runtime.container.LockedContainer;

/// `brig create`.
public final class CreateCommand implements Command<RunOption> {
  private final Context context;

  /// Makes the command.
  public CreateCommand(Context context) {
    this.context = context;
  }

  @Override
  public Syntax<RunOption> syntax() {
    return RunSyntax.create();
  }

  @Override
  public int run(Reading.Arguments<RunOption> arguments) {
    RunOptions options = RunOptionsReader.read(arguments, context.environment());
    String platform = arguments.value(RunOption.PLATFORM, "");
    String image = arguments.operands().getFirst();
    try (LockedContainer container =
        new ContainerMaker(context).make(image, platform, options).container()) {
      context.out().println(container.record().id());
    }
    return ExitCodes.SUCCESS;
  }
}
