package dev.brig.cli.images;

import dev.brig.cli.command.Command;
import dev.brig.cli.command.CommonOption;
import dev.brig.cli.command.Context;
import dev.brig.cli.command.ExitCodes;
import dev.brig.cli.output.Human;
import dev.brig.cli.output.Json;
import dev.brig.cli.output.Listing;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.image.store.ImageStore;
import dev.brig.image.store.StoredImage;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// `brig images`.
public final class ImagesCommand implements Command<CommonOption> {
  private static final String USUAL =
      "table {{.Repository}} {{.Tag}} {{.ID}} {{.CreatedSince}} {{.Size}}";
  private static final String[][] FIELDS = {
    {"ID", "IMAGE ID"},
    {"Repository", "REPOSITORY"},
    {"Tag", "TAG"},
    {"Digest", "DIGEST"},
    {"CreatedSince", "CREATED"},
    {"CreatedAt", "CREATED AT"},
    {"Size", "SIZE"}
  };

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
        List.of(CommonOption.QUIET, CommonOption.NO_TRUNC, CommonOption.FORMAT, CommonOption.JSON),
        Operands.NONE,
        List.of(
            "",
            "Fields of a template: ID Repository Tag Digest CreatedSince CreatedAt Size.",
            "Beside these there is always the image host: this machine's own root."));
  }

  @Override
  public int run(Reading.Arguments<CommonOption> arguments) {
    String format = arguments.value(CommonOption.FORMAT, "");
    try (ImageStore store = context.images()) {
      store.sweep();
      List<StoredImage> images = store.list();
      if (arguments.has(CommonOption.JSON) || format.equals("json")) {
        context.out().print(json(images));
      } else if (arguments.has(CommonOption.QUIET)) {
        Set<String> ids = new LinkedHashSet<>();
        for (StoredImage image : images) {
          ids.add(id(arguments, image));
        }
        ids.forEach(context.out()::println);
      } else {
        List<Map<String, String>> rows = new ArrayList<>();
        images.forEach(image -> rows.add(fields(arguments, image)));
        context.out().print(Listing.text(Listing.isUsual(format) ? USUAL : format, FIELDS, rows));
      }
    }
    return ExitCodes.SUCCESS;
  }

  private static Map<String, String> fields(
      Reading.Arguments<CommonOption> arguments, StoredImage image) {
    int colon = image.name().lastIndexOf(':');
    return Map.of(
        "ID", id(arguments, image),
        "Repository", colon < 0 ? "<none>" : image.name().substring(0, colon),
        "Tag", colon < 0 ? "<none>" : image.name().substring(colon + 1),
        "Digest", image.manifest().toString(),
        "CreatedSince", ago(image.created()),
        "CreatedAt", image.created(),
        "Size", Human.size(image.sizeBytes()));
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
