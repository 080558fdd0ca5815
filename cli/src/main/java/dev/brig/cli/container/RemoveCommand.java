package dev.brig.cli.container;

import dev.brig.cli.command.Command;
import dev.brig.cli.command.CommonOption;
import dev.brig.cli.command.Context;
import dev.brig.cli.command.ExitCodes;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.runtime.container.Lifecycle;
import java.util.List;

/// `brig rm`.
public final class RemoveCommand implements Command<CommonOption> {
  private final Context context;

  /// Makes the command.
  public RemoveCommand(Context context) {
    this.context = context;
  }

  @Override
  public Syntax<CommonOption> syntax() {
    return new Syntax<>(
        "rm",
        "Remove containers with all that they wrote.",
        List.of(CommonOption.EVERY, CommonOption.FORCE, CommonOption.VOLUMES),
        Operands.atLeast(0, "CONTAINER..."),
        List.of(
            "",
            "A running container is refused, or killed with --force, which also takes one that",
            "is not there for removed."));
  }

  @Override
  public int run(Reading.Arguments<CommonOption> arguments) {
    boolean force = arguments.has(CommonOption.FORCE);
    Lifecycle.Removal removal =
        force ? Lifecycle.Removal.EVEN_IF_RUNNING : Lifecycle.Removal.ENDED_ONLY;
    Lifecycle.VolumeRemoval volumes =
        arguments.has(CommonOption.VOLUMES)
            ? Lifecycle.VolumeRemoval.OWN
            : Lifecycle.VolumeRemoval.NONE;
    Lifecycle lifecycle = context.lifecycle();
    new Targets(context)
        .forEach(
            arguments,
            container -> force || !container.status().isAlive(),
            container -> lifecycle.remove(container, removal, volumes));
    context.frozen().collect();
    return ExitCodes.SUCCESS;
  }
}
