package dev.brig.cli.images;

import dev.brig.cli.command.Command;
import dev.brig.cli.command.CommonOption;
import dev.brig.cli.command.Context;
import dev.brig.cli.command.ExitCodes;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.image.Image;
import dev.brig.image.Platform;
import dev.brig.image.store.ImageStore;
import java.util.List;

/// `brig import`.
public final class ImportCommand implements Command<CommonOption> {
  private final Context context;

  /// Makes the command.
  public ImportCommand(Context context) {
    this.context = context;
  }

  @Override
  public Syntax<CommonOption> syntax() {
    return new Syntax<>(
        "import",
        "Take an image into the store; print its id.",
        List.of(CommonOption.NAME, CommonOption.PLATFORM),
        new Operands("SOURCE [NAME]", 1, 2, Operands.Order.MIXED),
        List.of(
            "",
            "SOURCE is a path, or - for standard input: a root file system's tar (plain, gzip,"
                + " zstd,",
            "xz, bzip2) or directory, which becomes one layer; an OCI image layout (directory or"
                + " tar;",
            "PATH:TAG names one of its images); a docker-archive; a directory of skopeo's.",
            "",
            "Layers become EROFS images where root's kernel mounts them, directories otherwise;",
            "BRIG_LAYERS=directory or BRIG_LAYERS=erofs in the environment chooses.",
            "",
            "Examples:",
            "  brig import rootfs.tar.zst debian:12",
            "  mmdebstrap bookworm - | brig import - debian:12",
            "  brig import ./layout:latest app"));
  }

  @Override
  public int run(Reading.Arguments<CommonOption> arguments) {
    context.inside().enter();
    List<String> operands = arguments.operands();
    String name = operands.size() > 1 ? operands.get(1) : arguments.value(CommonOption.NAME, "");
    try (ImageStore store = context.images()) {
      Image image = store.importImage(operands.getFirst(), name, platform(arguments));
      context.out().println(image.id());
    }
    return ExitCodes.SUCCESS;
  }

  /// Returns the platform that an option names, or this machine's.
  static Platform platform(Reading.Arguments<CommonOption> arguments) {
    String text = arguments.value(CommonOption.PLATFORM, "");
    return text.isEmpty() ? Platform.host() : Platform.parse("--platform", text);
  }
}
