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
import dev.brig.image.store.ImageStore;
import dev.brig.image.store.StoredImage;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// `brig images`.
public final class ImagesCommand implements Command<CommonOption> {
  private final Context context;

  /// Makes the command.
  public ImagesCommand(Context context) {
    this.context = context;
  }

  @Override
  public Syntax<CommonOption> syntax() {
    return new Syntax<>(
        "images",
        "List the images in the store.",
        List.of(CommonOption.QUIET, CommonOption.NO_TRUNC, CommonOption.JSON),
        Operands.NONE,
        List.of("", "Beside these there is always the image host: this machine's own root."));
  }

  @Override
  public int run(Reading.Arguments<CommonOption> arguments) {
    try (ImageStore store = context.images()) {
      store.sweep();
      List<StoredImage> images = store.list();
      if (arguments.has(CommonOption.JSON)) {
        context.out().print(json(images));
      } else if (arguments.has(CommonOption.QUIET)) {
        Set<String> ids = new LinkedHashSet<>();
        for (StoredImage image : images) {
          ids.add(id(arguments, image));
        }
        ids.forEach(context.out()::println);
      } else {
        context.out().print(table(arguments, images));
      }
    }
    return ExitCodes.SUCCESS;
  }

  private static String table(Reading.Arguments<CommonOption> arguments, List<StoredImage> images) {
    Table table = new Table("REPOSITORY", "TAG", "IMAGE ID", "CREATED", "SIZE");
    for (StoredImage image : images) {
      int colon = image.name().lastIndexOf(':');
      String name = colon < 0 ? "<none>" : image.name().substring(0, colon);
      String tag = colon < 0 ? "<none>" : image.name().substring(colon + 1);
      table.add(
          name, tag, id(arguments, image), ago(image.created()), Human.size(image.sizeBytes()));
    }
    return table.text();
  }

  private static String id(Reading.Arguments<CommonOption> arguments, StoredImage image) {
    return arguments.has(CommonOption.NO_TRUNC) ? image.id() : image.id().substring(0, 12);
  }

  /// Returns how long ago a time of RFC 3339 was, or the text itself if it is none.
  static String ago(String time) {
    if (time.isEmpty()) {
      return "";
    }
    try {
      long seconds = Instant.parse(time).getEpochSecond();
      return Human.ago(seconds, Instant.now().getEpochSecond());
    } catch (DateTimeParseException e) {
      // Whoever made the image wrote no time, ignored: the text is shown as it is.
      return time;
    }
  }

  private static String json(List<StoredImage> images) {
    Json json = new Json().beginArray();
    for (StoredImage image : images) {
      json.beginObject()
          .property("name", image.name())
          .property("id", image.id())
          .property("manifest", image.manifest().toString())
          .property("platform", image.platform().toString())
          .property("created", image.created())
          .property("size", image.sizeBytes())
          .endObject();
    }
    return json.endArray().text();
  }
}
