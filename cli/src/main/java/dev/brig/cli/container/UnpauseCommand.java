package dev.brig.cli.container;

import dev.brig.cli.command.Command;
import dev.brig.cli.command.CommonOption;
import dev.brig.cli.command.Context;
import dev.brig.cli.command.ExitCodes;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.runtime.container.ContainerStatus;
import dev.brig.runtime.container.Lifecycle;
import java.util.List;

/// `brig unpause`.
public final class UnpauseCommand implements Command<CommonOption> {
  private final Context context;

  /// Makes the command.
  public UnpauseCommand(Context context) {
    this.context = context;
  }

  @Override
  public Syntax<CommonOption> syntax() {
    return new Syntax<>(
        "unpause",
        "Let the processes of frozen containers go on.",
        List.of(CommonOption.EVERY),
        Operands.atLeast(0, "CONTAINER..."),
        List.of());
  }

  @Override
  public int run(Reading.Arguments<CommonOption> arguments) {
    Lifecycle lifecycle = context.lifecycle();
    new Targets(context)
        .forEach(
            arguments,
            container -> container.status() == ContainerStatus.PAUSED,
            lifecycle::unpause);
    return ExitCodes.SUCCESS;
  }
}
