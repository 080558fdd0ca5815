package dev.brig.cli.images;

import dev.brig.cli.command.Command;
import dev.brig.cli.command.CommonOption;
import dev.brig.cli.command.Context;
import dev.brig.cli.command.ExitCodes;
import dev.brig.cli.output.Human;
import dev.brig.cli.output.Json;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.image.store.Housekeeping;
import dev.brig.image.store.ImageStore;
import dev.brig.image.store.StoredImage;
import java.util.List;

/// `brig image prune`.
public final class PruneCommand implements Command<CommonOption> {
  private final Context context;

  /// Makes the command.
  public PruneCommand(Context context) {
    this.context = context;
  }

  @Override
  public Syntax<CommonOption> syntax() {
    return new Syntax<>(
        "image prune",
        "Remove what nothing needs: images without a name, layers and blobs of no image.",
        List.of(CommonOption.ALL_UNUSED, CommonOption.YES, CommonOption.JSON),
        Operands.NONE,
        List.of(
            "",
            "What a container was made from stays, whether it runs or not. Nothing is asked:",
            "brig image df shows beforehand how much there is to be had."));
  }

  @Override
  public int run(Reading.Arguments<CommonOption> arguments) {
    // What killed brigs left is cleared up outside, where containers can be killed.
    var _ = context.containers();
    context.inside().enter();
    Housekeeping.Scope scope =
        arguments.has(CommonOption.ALL_UNUSED)
            ? Housekeeping.Scope.UNUSED
            : Housekeeping.Scope.NAMELESS;
    try (ImageStore store = context.images()) {
      Housekeeping.Pruned pruned =
          store.catalogue().housekeeping().prune(scope, UsedImages.byAny(context));
      context.out().print(arguments.has(CommonOption.JSON) ? json(pruned) : text(pruned));
      if (!pruned.kept().isEmpty()) {
        context.warn(
            "blobs and layers stay, as an image is damaged ("
                + pruned.kept()
                + "): brig image verify");
      }
    }
    return ExitCodes.SUCCESS;
  }

  private static String name(StoredImage image) {
    return image.name().isEmpty() ? image.id() : image.name();
  }

  private static String text(Housekeeping.Pruned pruned) {
    StringBuilder text = new StringBuilder();
    for (StoredImage image : pruned.images()) {
      text.append(name(image)).append('\n');
    }
    return text.append("Total reclaimed space: ")
        .append(Human.size(pruned.bytes()))
        .append('\n')
        .toString();
  }

  private static String json(Housekeeping.Pruned pruned) {
    Json json = new Json().beginObject();
    json.property("images", pruned.images().stream().map(PruneCommand::name).toList());
    return json.property("blobs", pruned.blobs())
        .property("layers", pruned.layers())
        .property("reclaimed", pruned.bytes())
        .endObject()
        .text();
  }
}
