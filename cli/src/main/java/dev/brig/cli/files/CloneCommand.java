package dev.brig.cli.files;

import dev.brig.cli.command.Command;
import dev.brig.cli.command.Context;
import dev.brig.cli.command.ExitCodes;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.runtime.container.Container;
import dev.brig.runtime.files.Snapshots;
import dev.brig.runtime.files.Snapshots.Moment;
import java.util.List;
import java.util.Optional;

/// `brig clone`.
public final class CloneCommand implements Command<FilesOption> {
  private final Context context;

  /// Makes the command.
  public CloneCommand(Context context) {
    this.context = context;
  }

  @Override
  public Syntax<FilesOption> syntax() {
    return new Syntax<>(
        "clone",
        "Make a container like another one, with the same files; print its id.",
        List.of(),
        new Operands("CONTAINER[@SNAPSHOT] [NEW]", 1, 2, Operands.Order.MIXED),
        List.of(
            "",
            "The two share what they have in common. A running container stands still while what"
                + " it",
            "has written is copied."));
  }

  @Override
  public int run(Reading.Arguments<FilesOption> arguments) {
    context.inside().enterToMount();
    List<String> operands = arguments.operands();
    SnapshotReference reference = SnapshotReference.parse(operands.getFirst());
    Container source = context.containers().find(reference.container());
    String name = operands.size() > 1 ? operands.get(1) : "";
    Trees trees = new Trees(context);
    Snapshots snapshots = trees.snapshots();
    try (Moment moment =
        reference.snapshot().isEmpty()
            ? snapshots.moment(source, "clone")
            : new Moment(snapshots.find(source, reference.snapshot()).layers(), Optional.empty())) {
      String id =
          context
              .frozen()
              .undisturbed(() -> new ContainerCopy(context).make(source, name, moment.layers()));
      context.out().println(id);
    }
    return ExitCodes.SUCCESS;
  }
}
