package dev.brig.cli.images;

import dev.brig.cli.command.Command;
import dev.brig.cli.command.CommonOption;
import dev.brig.cli.command.Context;
import dev.brig.cli.command.ExitCodes;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.error.UsageException;
import dev.brig.image.store.ImageSaver;
import dev.brig.image.store.ImageStore;
import dev.brig.linux.Fd;
import java.util.List;

/// `brig save`.
public final class SaveCommand implements Command<CommonOption> {
  private final Context context;

  /// Makes the command.
  public SaveCommand(Context context) {
    this.context = context;
  }

  @Override
  public Syntax<CommonOption> syntax() {
    return new Syntax<>(
        "save",
        "Write images to an archive.",
        List.of(CommonOption.OUTPUT, CommonOption.ARCHIVE_FORMAT),
        Operands.atLeast(1, "IMAGE..."),
        List.of(
            "",
            "Manifests, configurations and layers are written byte for byte, so that their digests",
            "stay. A docker-archive is an OCI layout as well: docker, podman and skopeo load it.",
            "",
            "Examples:",
            "  brig save -o app.tar app:1 base",
            "  brig save app | ssh other brig load",
            "  brig save --format oci-dir -o ./layout app"));
  }

  @Override
  public int run(Reading.Arguments<CommonOption> arguments) {
    ImageSaver.Format format = format(arguments.value(CommonOption.ARCHIVE_FORMAT, ""));
    String output = arguments.value(CommonOption.OUTPUT, "");
    if (output.isEmpty()) {
      if (!format.isArchive()) {
        throw new UsageException("--format", "a directory needs a name", "add -o DIRECTORY");
      }
      if (context.kernel().terminals().isTerminal(Fd.STDOUT)) {
        throw new UsageException(
            "standard output",
            "it is a terminal, and an archive is no text",
            "name a file: brig save -o FILE IMAGE");
      }
    }
    try (ImageStore store = context.images()) {
      ImageSaver saver = store.catalogue().saver(arguments.operands());
      if (output.isEmpty()) {
        context.out().flush();
        saver.write(format, Fd.STDOUT);
      } else {
        saver.write(format, output);
      }
    }
    return ExitCodes.SUCCESS;
  }

  private static ImageSaver.Format format(String text) {
    return switch (text) {
      case "", "docker-archive" -> ImageSaver.Format.DOCKER_ARCHIVE;
      case "oci-archive" -> ImageSaver.Format.OCI_ARCHIVE;
      case "oci-dir" -> ImageSaver.Format.OCI_DIR;
      case "docker-dir" -> ImageSaver.Format.DOCKER_DIR;
      default ->
          throw new UsageException(
              "--format " + text,
              "there is no such form",
              "one of docker-archive, oci-archive, oci-dir, docker-dir");
    };
  }
}
