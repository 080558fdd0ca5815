package dev.brig.cli.container;

import dev.brig.cli.command.Command;
import dev.brig.cli.command.CommonOption;
import dev.brig.cli.command.Context;
import dev.brig.cli.command.ExitCodes;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.cli.value.Signals;
import dev.brig.runtime.container.Lifecycle;
import java.util.List;

/// `brig kill`.
public final class KillCommand implements Command<CommonOption> {
  private final Context context;

  /// Makes the command.
  public KillCommand(Context context) {
    this.context = context;
  }

  @Override
  public Syntax<CommonOption> syntax() {
    return new Syntax<>(
        "kill",
        "Send a signal to the first process of containers.",
        List.of(CommonOption.EVERY, CommonOption.SIGNAL),
        Operands.atLeast(0, "CONTAINER..."),
        List.of());
  }

  @Override
  public int run(Reading.Arguments<CommonOption> arguments) {
    String text = arguments.value(CommonOption.SIGNAL, "KILL");
    int signal = Signals.parse("--signal", text);
    Lifecycle lifecycle = context.lifecycle();
    new Targets(context)
        .forEach(
            arguments,
            container -> container.status().isAlive(),
            container -> lifecycle.kill(container, signal));
    return ExitCodes.SUCCESS;
  }
}
