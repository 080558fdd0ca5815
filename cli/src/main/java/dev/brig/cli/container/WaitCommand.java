package dev.brig.cli.container;

import dev.brig.cli.command.Command;
import dev.brig.cli.command.CommonOption;
import dev.brig.cli.command.Context;
import dev.brig.cli.command.Each;
import dev.brig.cli.command.ExitCodes;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.runtime.container.ContainerStore;
import dev.brig.runtime.container.Waiter;
import java.util.List;

/// `brig wait`.
public final class WaitCommand implements Command<CommonOption> {
  private final Context context;

  /// Makes the command.
  public WaitCommand(Context context) {
    this.context = context;
  }

  @Override
  public Syntax<CommonOption> syntax() {
    return new Syntax<>(
        "wait",
        "Wait until containers have ended, and print their exit statuses.",
        List.of(),
        Operands.atLeast(1, "CONTAINER..."),
        List.of());
  }

  @Override
  public int run(Reading.Arguments<CommonOption> arguments) {
    ContainerStore store = context.containers();
    Waiter waiter = new Waiter(context.kernel(), store);
    Each.of(
        arguments.operands(),
        reference -> context.out().println(waiter.await(store.find(reference)).exitCode()));
    return ExitCodes.SUCCESS;
  }
}
