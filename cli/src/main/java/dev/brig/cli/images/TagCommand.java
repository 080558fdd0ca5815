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

/// `brig tag`.
public final class TagCommand implements Command<CommonOption> {
  private final Context context;

  /// Makes the command.
  public TagCommand(Context context) {
    this.context = context;
  }

  @Override
  public Syntax<CommonOption> syntax() {
    return new Syntax<>(
        "tag",
        "Give an image a further name.",
        List.of(),
        Operands.atLeast(2, "IMAGE NAME..."),
        List.of("", "A name that another image has goes from that one to this one."));
  }

  @Override
  public int run(Reading.Arguments<CommonOption> arguments) {
    List<String> words = arguments.operands();
    try (ImageStore store = context.images()) {
      store.catalogue().tag(words.getFirst(), words.subList(1, words.size()));
    }
    return ExitCodes.SUCCESS;
  }
}
