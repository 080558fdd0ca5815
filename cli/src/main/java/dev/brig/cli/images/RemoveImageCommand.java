package dev.brig.cli.images;

import dev.brig.cli.command.Command;
import dev.brig.cli.command.CommonOption;
import dev.brig.cli.command.Context;
import dev.brig.cli.command.Each;
import dev.brig.cli.command.ExitCodes;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.image.store.ImageStore;
import dev.brig.image.store.StoredImage;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/// `brig rmi`.
public final class RemoveImageCommand implements Command<CommonOption> {
  private final Context context;

  /// Makes the command.
  public RemoveImageCommand(Context context) {
    this.context = context;
  }

  @Override
  public Syntax<CommonOption> syntax() {
    return new Syntax<>(
        "rmi",
        "Remove images from the store.",
        List.of(),
        Operands.atLeast(1, "IMAGE..."),
        List.of(
            "",
            "An image that a container was made from is refused: brig rm removes the container."));
  }

  @Override
  public int run(Reading.Arguments<CommonOption> arguments) {
    Set<Path> used = UsedImages.byAny(context).layers();
    try (ImageStore store = context.images()) {
      Each.of(
          arguments.operands(),
          reference -> {
            for (StoredImage removed : store.remove(reference, used)) {
              context.out().println(removed.name().isEmpty() ? removed.id() : removed.name());
            }
          });
    }
    return ExitCodes.SUCCESS;
  }
}
