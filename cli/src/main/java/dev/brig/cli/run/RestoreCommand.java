package dev.brig.cli.run;

import dev.brig.cli.command.Command;
import dev.brig.cli.command.CommonOption;
import dev.brig.cli.command.Context;
import dev.brig.cli.guest.MachineSnapshot;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.runtime.container.Container;
import dev.brig.runtime.container.LockedContainer;
import dev.brig.runtime.spec.Spec;
import java.nio.file.Path;
import java.util.List;

/// `brig restore`: a virtual machine goes on where it was when `brig snapshot --to` saved it.
public final class RestoreCommand implements Command<CommonOption> {
  private final Context context;

  /// Makes the command.
  public RestoreCommand(Context context) {
    this.context = context;
  }

  @Override
  public Syntax<CommonOption> syntax() {
    return new Syntax<>(
        "restore",
        "Have a virtual machine go on where it was when it was saved.",
        List.of(CommonOption.ATTACH, CommonOption.INTERACTIVE),
        new Operands("CONTAINER FILE", 2, 2, Operands.Order.MIXED),
        List.of(
            "",
            "CONTAINER is the one that was saved, or another one of the same image with the same",
            "options; it does not run. It goes on in the background, unless attached. The file",
            "stays, and can be restored again.",
            "",
            "Example:",
            "  brig snapshot --to vm.state vm && brig restore vm vm.state"));
  }

  @Override
  public int run(Reading.Arguments<CommonOption> arguments) {
    Container found = context.containers().find(arguments.operands().getFirst());
    Path file = Path.of(arguments.operands().getLast());
    try (LockedContainer container = context.containers().lock(found, "restore")) {
      Spec spec = context.containers().spec(found.id());
      Spec saved = new MachineSnapshot(context).from(found, spec, file);
      throw StartCommand.become(context, container, saved, arguments);
    }
  }
}
