package dev.brig.cli.files;

import dev.brig.cli.command.Command;
import dev.brig.cli.command.Context;
import dev.brig.cli.command.Each;
import dev.brig.cli.command.ExitCodes;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.error.BrigException;
import dev.brig.error.UsageException;
import dev.brig.runtime.container.Container;
import dev.brig.runtime.files.ContainerTrees;
import java.util.ArrayList;
import java.util.List;

/// `brig umount`.
public final class UmountCommand implements Command<FilesOption> {
  private final Context context;

  /// Makes the command.
  public UmountCommand(Context context) {
    this.context = context;
  }

  @Override
  public Syntax<FilesOption> syntax() {
    return new Syntax<>(
        "umount",
        "Take containers' roots from where brig mount has put them.",
        List.of(FilesOption.ALL),
        Operands.atLeast(0, "[CONTAINER...]"),
        List.of());
  }

  @Override
  public int run(Reading.Arguments<FilesOption> arguments) {
    ContainerTrees trees = new Trees(context).containers();
    if (arguments.has(FilesOption.ALL)) {
      List<BrigException> problems = new ArrayList<>();
      List<Container> all = context.containers().list(problems);
      all.removeIf(container -> !context.containers().isMounted(container));
      Each.of(
          all,
          container -> {
            var _ = trees.umount(container);
            context.out().println(container.id());
          });
      return ExitCodes.SUCCESS;
    }
    if (arguments.operands().isEmpty()) {
      throw new UsageException("", "missing CONTAINER...", "name one, or say --all");
    }
    Each.of(
        arguments.operands(),
        reference -> {
          Container container = context.containers().find(reference);
          if (!trees.umount(container)) {
            throw new UsageException(
                "umount " + container.name(),
                "its root is not mounted",
                "brig mount lists those that are");
          }
          context.out().println(reference);
        });
    return ExitCodes.SUCCESS;
  }
}
