package dev.brig.cli.images;

import dev.brig.cli.command.Command;
import dev.brig.cli.command.CommonOption;
import dev.brig.cli.command.Context;
import dev.brig.cli.command.Each;
import dev.brig.cli.command.ExitCodes;
import dev.brig.cli.output.Json;
import dev.brig.cli.output.JsonTemplate;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.image.store.ImageDetails;
import dev.brig.image.store.ImageStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// `brig image inspect`.
public final class InspectImageCommand implements Command<CommonOption> {
  private final Context context;

  /// Makes the command.
  public InspectImageCommand(Context context) {
    this.context = context;
  }

  @Override
  public Syntax<CommonOption> syntax() {
    return new Syntax<>(
        "image inspect",
        "Show all there is to know about images, as JSON.",
        List.of(CommonOption.TEMPLATE),
        Operands.atLeast(1, "IMAGE..."),
        List.of("", "The names are those that docker and podman have. Config is the image's own."));
  }

  @Override
  public int run(Reading.Arguments<CommonOption> arguments) {
    List<ImageDetails> images = new ArrayList<>();
    try (ImageStore store = context.images()) {
      Each.of(arguments.operands(), reference -> images.add(store.catalogue().details(reference)));
    } finally {
      Json json = new Json().beginArray();
      images.forEach(image -> write(json, image));
      String template = arguments.value(CommonOption.TEMPLATE, "");
      context.out().print(JsonTemplate.each(template, json.endArray().text()));
    }
    return ExitCodes.SUCCESS;
  }

  private static void write(Json json, ImageDetails image) {
    json.beginObject()
        .property("Id", image.id())
        .property("Digest", image.descriptor().digest().toString())
        .property("RepoTags", image.names())
        .property("RepoDigests", digests(image))
        .property("Created", image.text("created"))
        .property("Author", image.text("author"))
        .property("Architecture", image.text("architecture"))
        .property("Variant", image.text("variant"))
        .property("Os", image.text("os"))
        .property("Size", image.sizeBytes())
        .property("ManifestType", image.descriptor().mediaType())
        .property("Annotations", image.annotations());
    if (image.configuration().get("config") != null) {
      json.name("Config").element(image.configuration().get("config"));
    }
    json.name("RootFS").beginObject().property("Type", "layers");
    json.property(
            "Layers", image.layers().stream().map(layer -> layer.diffId().toString()).toList())
        .endObject();
    json.name("Layers").beginArray();
    for (ImageDetails.Layer layer : image.layers()) {
      Map<String, String> annotations = new LinkedHashMap<>(layer.blob().annotations());
      json.beginObject()
          .property("MediaType", layer.blob().mediaType())
          .property("Digest", layer.blob().digest().toString())
          .property("Size", layer.blob().sizeBytes())
          .property("DiffId", layer.diffId().toString())
          .property("Annotations", annotations)
          .endObject();
    }
    json.endArray();
    if (image.configuration().get("history") != null) {
      json.name("History").element(image.configuration().get("history"));
    }
    json.endObject();
  }

  private static Set<String> digests(ImageDetails image) {
    Set<String> digests = new LinkedHashSet<>();
    for (String name : image.names()) {
      int colon = name.lastIndexOf(':');
      String bare = colon > name.lastIndexOf('/') ? name.substring(0, colon) : name;
      digests.add(bare + "@" + image.descriptor().digest());
    }
    return digests;
  }
}
