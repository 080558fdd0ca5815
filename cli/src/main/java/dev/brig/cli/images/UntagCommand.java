package dev.brig.cli.images;

import dev.brig.cli.command.Command;
import dev.brig.cli.command.CommonOption;
import dev.brig.cli.command.Context;
import dev.brig.cli.command.ExitCodes;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.image.store.ImageStore;
import java.util.List;

/// `brig untag`.
public final class UntagCommand implements Command<CommonOption> {
  private final Context context;

  /// Makes the command.
  public UntagCommand(Context context) {
    this.context = context;
  }

  @Override
  public Syntax<CommonOption> syntax() {
    return new Syntax<>(
        "untag",
        "Take names from an image.",
        List.of(),
        Operands.atLeast(1, "IMAGE [NAME...]"),
        List.of("", "Without a name all are taken. The image stays, and has its id."));
  }

  @Override
  public int run(Reading.Arguments<CommonOption> arguments) {
    List<String> words = arguments.operands();
    try (ImageStore store = context.images()) {
      store.catalogue().untag(words.getFirst(), words.subList(1, words.size()));
    }
    return ExitCodes.SUCCESS;
  }
}
