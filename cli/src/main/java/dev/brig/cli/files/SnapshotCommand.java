package dev.brig.cli.files;

import dev.brig.cli.command.Command;
import dev.brig.cli.command.Context;
import dev.brig.cli.command.ExitCodes;
import dev.brig.cli.guest.MachineSnapshot;
import dev.brig.cli.output.Human;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.error.UsageException;
import dev.brig.runtime.container.Container;
import dev.brig.runtime.container.Snapshot;
import dev.brig.runtime.files.Snapshots;
import java.nio.file.Path;
import java.util.List;

/// `brig snapshot`.
public final class SnapshotCommand implements Command<FilesOption> {
  private final Context context;

  /// Makes the command.
  public SnapshotCommand(Context context) {
    this.context = context;
  }

  @Override
  public Syntax<FilesOption> syntax() {
    return new Syntax<>(
        "snapshot",
        "Keep what a container has in its files now; print the snapshot's name.",
        List.of(FilesOption.COMMENT, FilesOption.REMOVE, FilesOption.TO, FilesOption.LEAVE_RUNNING),
        new Operands("CONTAINER [NAME]", 1, 2, Operands.Order.MIXED),
        List.of(
            "",
            "Of a container that is not running nothing is copied. A running one stands still"
                + " while",
            "what it has written is copied. What a virtual machine has written is in its memory:",
            "--to saves that, and brig restore has it go on from there.",
            "",
            "Examples:",
            "  brig snapshot -m 'before the upgrade' web clean",
            "  brig rollback web clean",
            "  brig snapshot --to vm.state vm; brig restore vm vm.state"));
  }

  @Override
  public int run(Reading.Arguments<FilesOption> arguments) {
    String to = arguments.value(FilesOption.TO, "");
    if (!to.isEmpty()) {
      return saveMachine(Path.of(to), arguments);
    }
    if (arguments.has(FilesOption.LEAVE_RUNNING)) {
      throw new UsageException("--leave-running", "is for --to only", "--to FILE");
    }
    context.inside().enterToMount();
    List<String> operands = arguments.operands();
    Container container = context.containers().find(operands.getFirst());
    String name = operands.size() > 1 ? operands.get(1) : "";
    Snapshots snapshots = new Trees(context).snapshots();
    if (arguments.has(FilesOption.REMOVE)) {
      if (name.isEmpty()) {
        throw new UsageException(
            "--rm", "no snapshot is named", "brig snapshot --rm CONTAINER NAME");
      }
      snapshots.remove(container, name);
      context.out().println(name);
    } else {
      Snapshot taken = snapshots.take(container, name, arguments.value(FilesOption.COMMENT, ""));
      context.out().println(taken.name());
    }
    return ExitCodes.SUCCESS;
  }

  private int saveMachine(Path file, Reading.Arguments<FilesOption> arguments) {
    if (arguments.operands().size() > 1
        || arguments.has(FilesOption.REMOVE)
        || arguments.has(FilesOption.COMMENT)) {
      throw new UsageException(
          "--to " + file, "the file is its name", "brig snapshot --to FILE CONTAINER");
    }
    Container container = context.containers().find(arguments.operands().getFirst());
    MachineSnapshot.After after =
        arguments.has(FilesOption.LEAVE_RUNNING)
            ? MachineSnapshot.After.GO_ON
            : MachineSnapshot.After.END;
    long bytes = new MachineSnapshot(context).save(container, file, after);
    context.out().println(file + ": " + Human.size(bytes));
    return ExitCodes.SUCCESS;
  }
}
