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

/// `brig pause`.
public final class PauseCommand implements Command<CommonOption> {
  private final Context context;

  /// Makes the command.
  public PauseCommand(Context context) {
    this.context = context;
  }

  @Override
  public Syntax<CommonOption> syntax() {
    return new Syntax<>(
        "pause",
        "Freeze all processes of containers.",
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
            container -> container.status() == ContainerStatus.RUNNING,
            lifecycle::pause);
    return ExitCodes.SUCCESS;
  }
}
