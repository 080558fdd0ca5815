package dev.brig.cli.images;

import dev.brig.cli.command.Command;
import dev.brig.cli.command.Context;
import dev.brig.cli.command.Each;
import dev.brig.cli.command.ExitCodes;
import dev.brig.cli.output.Json;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.image.Platform;
import dev.brig.image.registry.Registries;
import dev.brig.image.store.ImageStore;
import dev.brig.image.store.PulledImage;
import dev.brig.image.store.TransferListener;
import java.util.List;

/// `brig pull`.
public final class PullCommand implements Command<RegistryOption> {
  private final Context context;

  /// Makes the command.
  public PullCommand(Context context) {
    this.context = context;
  }

  @Override
  public Syntax<RegistryOption> syntax() {
    return new Syntax<>(
        "pull",
        "Get images from a registry; print their ids.",
        List.of(
            RegistryOption.QUIET,
            RegistryOption.PLATFORM,
            RegistryOption.JSON,
            RegistryOption.CREDS,
            RegistryOption.AUTHFILE,
            RegistryOption.CERT_DIR,
            RegistryOption.TLS_VERIFY,
            RegistryOption.RETRY,
            RegistryOption.RETRY_DELAY),
        Operands.atLeast(1, "NAME[:TAG|@DIGEST]..."),
        List.of(
            "",
            "A name without a registry is looked for where registries.conf says. Layers that",
            "are here are not fetched again, and a pull that was cut goes on where it was.",
            "",
            "Examples:",
            "  brig pull docker.io/library/debian:12",
            "  brig pull --platform linux/arm64 quay.io/centos/centos:stream9"));
  }

  @Override
  public int run(Reading.Arguments<RegistryOption> arguments) {
    context.inside().enter();
    Platform platform = platform(arguments.value(RegistryOption.PLATFORM, ""));
    Registries registries = RegistryAccess.of(context, arguments);
    boolean asJson = arguments.has(RegistryOption.JSON);
    boolean quiet = arguments.has(RegistryOption.QUIET);
    Json json = new Json().beginArray();
    try (ImageStore store = context.images()) {
      Each.of(
          arguments.operands(),
          name -> {
            Registries.Found found = registries.find(name);
            if (!quiet) {
              context.err().println("Pulling " + found.image().name());
            }
            PulledImage pulled =
                store.pull(
                    found.image(),
                    platform,
                    found.storedName(),
                    quiet ? TransferListener.NONE : TransferDisplay.of(context));
            if (asJson) {
              add(json, found, pulled);
            } else {
              context.out().println(pulled.id());
            }
          });
    } finally {
      if (asJson) {
        context.out().print(json.endArray().text());
      }
    }
    return ExitCodes.SUCCESS;
  }

  private static void add(Json json, Registries.Found found, PulledImage pulled) {
    json.beginObject()
        .property("name", found.image().name())
        .property("id", pulled.id())
        .property("manifest", pulled.manifest().toString())
        .property("digest", pulled.root().toString())
        .endObject();
  }

  private static Platform platform(String text) {
    return text.isEmpty() ? Platform.host() : Platform.parse("--platform", text);
  }
}
