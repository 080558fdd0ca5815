package dev.brig.cli.container;

import dev.brig.cli.command.Command;
import dev.brig.cli.command.CommonOption;
import dev.brig.cli.command.Context;
import dev.brig.cli.command.ExitCodes;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.cli.value.Names;
import java.util.List;

/// `brig rename`.
public final class RenameCommand implements Command<CommonOption> {
  private final Context context;

  /// Makes the command.
  public RenameCommand(Context context) {
    this.context = context;
  }

  @Override
  public Syntax<CommonOption> syntax() {
    return new Syntax<>(
        "rename",
        "Give a container another name.",
        List.of(),
        Operands.exactly(2, "CONTAINER NAME"),
        List.of("", "It may be running; its host name stays."));
  }

  @Override
  public int run(Reading.Arguments<CommonOption> arguments) {
    List<String> words = arguments.operands();
    String name = Names.parse("rename", words.get(1));
    context.lifecycle().rename(context.containers().find(words.getFirst()), name);
    return ExitCodes.SUCCESS;
  }
}
