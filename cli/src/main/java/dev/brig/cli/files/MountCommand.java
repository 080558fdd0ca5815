package dev.brig.cli.files;

import dev.brig.cli.command.Command;
import dev.brig.cli.command.Context;
import dev.brig.cli.command.Each;
import dev.brig.cli.command.ExitCodes;
import dev.brig.cli.output.Json;
import dev.brig.cli.output.Table;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.error.BrigException;
import dev.brig.error.UnsupportedException;
import dev.brig.runtime.container.Container;
import dev.brig.runtime.files.ContainerTrees;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// `brig mount`.
public final class MountCommand implements Command<FilesOption> {
  private final Context context;

  /// Makes the command.
  public MountCommand(Context context) {
    this.context = context;
  }

  @Override
  public Syntax<FilesOption> syntax() {
    return new Syntax<>(
        "mount",
        "Show containers' roots on this machine; print where.",
        List.of(FilesOption.JSON),
        Operands.atLeast(0, "[CONTAINER...]"),
        List.of(
            "",
            "Without CONTAINER those are listed that are mounted. A running container's root is"
                + " seen",
            "where the kernel shows it, with all that is mounted in it, until the container ends."
                + " One",
            "that is not running cannot be started before brig umount."));
  }

  @Override
  public int run(Reading.Arguments<FilesOption> arguments) {
    if (arguments.operands().isEmpty()) {
      list(arguments);
      return ExitCodes.SUCCESS;
    }
    if (context.isRootless() && !context.inside().isHere()) {
      throw new UnsupportedException(
          "",
          "an ordinary user has no mounts outside of a namespace",
          "brig unshare brig mount CONTAINER, and what is to be done there");
    }
    ContainerTrees trees = new Trees(context).containers();
    Each.of(
        arguments.operands(),
        reference -> {
          Container container = context.containers().find(reference);
          Path place =
              container.status().isAlive() ? trees.runningRoot(container) : trees.mount(container);
          context.out().println(place);
        });
    return ExitCodes.SUCCESS;
  }

  private void list(Reading.Arguments<FilesOption> arguments) {
    List<BrigException> problems = new ArrayList<>();
    Table table = new Table("CONTAINER ID", "NAME", "PLACE");
    Json json = new Json().beginArray();
    for (Container container : context.containers().list(problems)) {
      if (context.containers().isMounted(container)) {
        String place = container.paths().mount().toString();
        table.add(container.id().shortText(), container.name(), place);
        json.beginObject()
            .property("id", container.id().text())
            .property("name", container.name())
            .property("mountpoint", place)
            .endObject();
      }
    }
    context.out().print(arguments.has(FilesOption.JSON) ? json.endArray().text() : table.text());
    if (!problems.isEmpty()) {
      throw problems.getFirst();
    }
  }
}
