package dev.brig.cli.images;

import dev.brig.cli.command.Command;
import dev.brig.cli.command.CommonOption;
import dev.brig.cli.command.Context;
import dev.brig.cli.command.ExitCodes;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.error.UsageException;
import dev.brig.image.Platform;
import dev.brig.image.store.ImageStore;
import dev.brig.image.store.LoadedImage;
import dev.brig.linux.Fd;
import java.util.List;

/// `brig load`.
public final class LoadCommand implements Command<CommonOption> {
  private final Context context;

  /// Makes the command.
  public LoadCommand(Context context) {
    this.context = context;
  }

  @Override
  public Syntax<CommonOption> syntax() {
    return new Syntax<>(
        "load",
        "Take all images of an archive into the store.",
        List.of(CommonOption.INPUT, CommonOption.QUIET, CommonOption.PLATFORM),
        Operands.NONE,
        List.of(
            "",
            "The archive is what docker save, podman save, brig save or skopeo have written: a",
            "docker-archive or an OCI layout, as a tar (plain, gzip, zstd, xz, bzip2) or a"
                + " directory.",
            "",
            "Examples:",
            "  brig load -i images.tar",
            "  podman save busybox | brig load"));
  }

  @Override
  public int run(Reading.Arguments<CommonOption> arguments) {
    String input = arguments.value(CommonOption.INPUT, "-");
    if (input.equals("-") && context.kernel().terminals().isTerminal(Fd.STDIN)) {
      throw new UsageException(
          "standard input", "it is a terminal, and no archive", "name a file: brig load -i FILE");
    }
    Platform platform = ImportCommand.platform(arguments);
    context.inside().enter();
    try (ImageStore store = context.images()) {
      for (LoadedImage image : store.load(input, platform)) {
        print(image, arguments.has(CommonOption.QUIET) ? "" : "Loaded image: ");
      }
    }
    return ExitCodes.SUCCESS;
  }

  private void print(LoadedImage image, String before) {
    for (String name : image.names()) {
      context.out().println(before + name);
    }
    if (image.names().isEmpty()) {
      context.out().println(before + "sha256:" + image.id());
    }
  }
}
