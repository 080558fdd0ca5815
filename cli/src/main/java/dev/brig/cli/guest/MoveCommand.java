package dev.brig.cli.guest;

import dev.brig.cli.command.Command;
import dev.brig.cli.command.CommonOption;
import dev.brig.cli.command.Context;
import dev.brig.cli.command.ExitCodes;
import dev.brig.cli.guest.MachineMove.Moved;
import dev.brig.cli.output.Json;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.runtime.container.Container;
import java.util.List;

/// `brig move`: a virtual machine goes on in another emulator, while it runs.
public final class MoveCommand implements Command<CommonOption> {
  private final Context context;

  /// Makes the command.
  public MoveCommand(Context context) {
    this.context = context;
  }

  @Override
  public Syntax<CommonOption> syntax() {
    return new Syntax<>(
        "move",
        "Move a running virtual machine to another emulator on this machine.",
        List.of(CommonOption.JSON),
        new Operands("CONTAINER", 1, 1, Operands.Order.MIXED),
        List.of(
            "",
            "The machine runs while its memory is copied, and stands still for the last moment,",
            "whose length is printed. Its streams, and who waits for it, stay.",
            "",
            "Example:",
            "  brig move $(brig run -d --isolation vm alpine sleep 1000)"));
  }

  @Override
  public int run(Reading.Arguments<CommonOption> arguments) {
    Container container = context.containers().find(arguments.operands().getFirst());
    Moved moved = new MachineMove(context, container).move();
    context
        .out()
        .print(arguments.has(CommonOption.JSON) ? json(container, moved) : line(container, moved));
    return ExitCodes.SUCCESS;
  }

  private static String json(Container container, Moved moved) {
    return new Json()
        .beginObject()
        .property("name", container.name())
        .property("totalMillis", moved.totalMillis())
        .property("downtimeMillis", moved.downtimeMillis())
        .flag("emulated", moved.isEmulated())
        .endObject()
        .text();
  }

  private static String line(Container container, Moved moved) {
    return container.name()
        + ": moved in "
        + moved.totalMillis()
        + " ms, stood still for "
        + moved.downtimeMillis()
        + " ms"
        + (moved.isEmulated() ? " (software emulation, TCG)" : "")
        + "\n";
  }
}
