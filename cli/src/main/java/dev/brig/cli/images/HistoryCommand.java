package dev.brig.cli.images;

import dev.brig.cli.command.Command;
import dev.brig.cli.command.CommonOption;
import dev.brig.cli.command.Context;
import dev.brig.cli.command.ExitCodes;
import dev.brig.cli.output.Human;
import dev.brig.cli.output.Json;
import dev.brig.cli.output.Table;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.image.store.ImageDetails;
import dev.brig.image.store.ImageStore;
import java.util.List;

/// `brig history`.
public final class HistoryCommand implements Command<CommonOption> {
  private static final int COMMAND_LENGTH_MAX = 45;

  private final Context context;

  /// Makes the command.
  public HistoryCommand(Context context) {
    this.context = context;
  }

  @Override
  public Syntax<CommonOption> syntax() {
    return new Syntax<>(
        "history",
        "Show how an image was made.",
        List.of(CommonOption.NO_TRUNC, CommonOption.JSON),
        Operands.exactly(1, "IMAGE"),
        List.of("", "The last step comes first. SIZE is that of the layer as it is stored."));
  }

  @Override
  public int run(Reading.Arguments<CommonOption> arguments) {
    try (ImageStore store = context.images()) {
      ImageDetails image = store.catalogue().details(arguments.operands().getFirst());
      context.out().print(arguments.has(CommonOption.JSON) ? json(image) : table(arguments, image));
    }
    return ExitCodes.SUCCESS;
  }

  private static String table(Reading.Arguments<CommonOption> arguments, ImageDetails image) {
    boolean whole = arguments.has(CommonOption.NO_TRUNC);
    Table table = new Table("ID", "CREATED", "CREATED BY", "SIZE", "COMMENT");
    String id = whole ? image.id() : image.id().substring(0, 12);
    for (ImageDetails.Step step : image.history().reversed()) {
      String by = step.createdBy().replace('\t', ' ').replace('\n', ' ');
      table.add(
          id,
          ImagesCommand.ago(step.created()),
          whole ? by : Human.shortened(by, COMMAND_LENGTH_MAX),
          Human.size(step.sizeBytes()),
          step.comment());
      // What was before the last step is no image here.
      id = "<missing>";
    }
    return table.text();
  }

  private static String json(ImageDetails image) {
    Json json = new Json().beginArray();
    for (ImageDetails.Step step : image.history().reversed()) {
      json.beginObject()
          .property("created", step.created())
          .property("createdBy", step.createdBy())
          .property("size", step.sizeBytes())
          .property("comment", step.comment())
          .endObject();
    }
    return json.endArray().text();
  }
}
