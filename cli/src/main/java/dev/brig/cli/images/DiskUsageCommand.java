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
import dev.brig.image.store.DiskUsage;
import dev.brig.image.store.ImageStore;
import dev.brig.image.store.StoredImage;
import java.util.List;

/// `brig image df`.
public final class DiskUsageCommand implements Command<CommonOption> {
  private final Context context;

  /// Makes the command.
  public DiskUsageCommand(Context context) {
    this.context = context;
  }

  @Override
  public Syntax<CommonOption> syntax() {
    return new Syntax<>(
        "image df",
        "Show how much room images take.",
        List.of(CommonOption.VERBOSE, CommonOption.JSON),
        Operands.NONE,
        List.of(
            "",
            "Images are archives as they came; each layer of an image that was used is unpacked",
            "beside. RECLAIMABLE is what brig image prune -a would give back."));
  }

  @Override
  public int run(Reading.Arguments<CommonOption> arguments) {
    try (ImageStore store = context.images()) {
      DiskUsage usage = store.catalogue().housekeeping().usage(UsedImages.byAny(context));
      if (arguments.has(CommonOption.JSON)) {
        context.out().print(json(usage));
      } else {
        context.out().print(kinds(usage));
        if (arguments.has(CommonOption.VERBOSE)) {
          context.out().print("\n" + images(usage));
        }
      }
    }
    return ExitCodes.SUCCESS;
  }

  private static String kinds(DiskUsage usage) {
    Table table = new Table("TYPE", "TOTAL", "ACTIVE", "SIZE", "RECLAIMABLE");
    for (DiskUsage.Kind kind : usage.kinds()) {
      long percent = kind.bytes() == 0 ? 0 : kind.reclaimableBytes() * 100 / kind.bytes();
      table.add(
          kind.name(),
          Integer.toString(kind.total()),
          Integer.toString(kind.active()),
          Human.size(kind.bytes()),
          Human.size(kind.reclaimableBytes()) + " (" + percent + "%)");
    }
    return table.text();
  }

  private static String images(DiskUsage usage) {
    Table table = new Table("IMAGE", "IMAGE ID", "SIZE", "SHARED SIZE", "UNIQUE SIZE", "USED");
    for (DiskUsage.ImageRoom room : usage.images()) {
      StoredImage image = room.image();
      table.add(
          image.name().isEmpty() ? "<none>" : image.name(),
          image.id().substring(0, 12),
          Human.size(room.sharedBytes() + room.uniqueBytes()),
          Human.size(room.sharedBytes()),
          Human.size(room.uniqueBytes()),
          room.containers() == DiskUsage.Use.USED ? "yes" : "no");
    }
    return table.text();
  }

  private static String json(DiskUsage usage) {
    Json json = new Json().beginObject().name("kinds").beginArray();
    for (DiskUsage.Kind kind : usage.kinds()) {
      json.beginObject()
          .property("type", kind.name())
          .property("total", kind.total())
          .property("active", kind.active())
          .property("size", kind.bytes())
          .property("reclaimable", kind.reclaimableBytes())
          .endObject();
    }
    json.endArray().name("images").beginArray();
    for (DiskUsage.ImageRoom room : usage.images()) {
      json.beginObject()
          .property("name", room.image().name())
          .property("id", room.image().id())
          .property("sharedSize", room.sharedBytes())
          .property("uniqueSize", room.uniqueBytes())
          .property("used", room.containers() == DiskUsage.Use.USED ? "yes" : "no")
          .endObject();
    }
    return json.endArray().endObject().text();
  }
}
