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
    ImageRequest image = ImageRequest.of(arguments);
    try (LockedContainer container = new ContainerMaker(context).make(image, options).container()) {
      context.out().println(container.record().id());
    }
    return ExitCodes.SUCCESS;
  }
}
