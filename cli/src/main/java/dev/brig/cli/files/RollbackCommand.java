package dev.brig.cli.files;

import dev.brig.cli.command.Command;
import dev.brig.cli.command.Context;
import dev.brig.cli.command.ExitCodes;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.runtime.container.Container;
import java.util.List;

/// `brig rollback`.
public final class RollbackCommand implements Command<FilesOption> {
  private final Context context;

  /// Makes the command.
  public RollbackCommand(Context context) {
    this.context = context;
  }

  @Override
  public Syntax<FilesOption> syntax() {
    return new Syntax<>(
        "rollback",
        "Bring a container's files back to a snapshot.",
        List.of(),
        Operands.exactly(2, "CONTAINER SNAPSHOT"),
        List.of(
            "",
            "What the container has written since its last snapshot is lost; later snapshots stay.",
            "The container must not be running."));
  }

  @Override
  public int run(Reading.Arguments<FilesOption> arguments) {
    context.inside().enterToMount();
    Container container = context.containers().find(arguments.operands().getFirst());
    String name = arguments.operands().getLast();
    new Trees(context).snapshots().rollback(container, name);
    context.out().println(name);
    return ExitCodes.SUCCESS;
  }
}
