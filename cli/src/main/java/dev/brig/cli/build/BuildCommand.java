package dev.brig.cli.build;

import dev.brig.cli.command.Command;
import dev.brig.cli.command.Context;
import dev.brig.cli.command.ExitCodes;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.image.store.ImageStore;
import java.util.List;

/// `brig build`.
public final class BuildCommand implements Command<BuildOption> {
  private final Context context;

  /// Makes the command.
  public BuildCommand(Context context) {
    this.context = context;
  }

  @Override
  public Syntax<BuildOption> syntax() {
    return new Syntax<>(
        "build",
        "Make an image from a build file: a Containerfile or Dockerfile; print its id.",
        List.of(BuildOption.values()),
        new Operands("[CONTEXT]", 0, 1, Operands.Order.MIXED),
        List.of(
            "",
            "CONTEXT is the directory that COPY takes files from (.), or - for a tar on",
            "standard input. Steps that were done before with the same result are not done",
            "again.",
            "",
            "Example:",
            "  brig build -t app:1 --build-arg VERSION=1.2 ."));
  }

  @Override
  public int run(Reading.Arguments<BuildOption> arguments) {
    BuildSettings settings = BuildSettings.read(arguments, context.environment());
    context.inside().enterToMount();
    // What killed builds left goes first.
    var _ = context.containers();
    new MountFiles(context).sweep();
    try (Interruption interruption = new Interruption();
        ContextSource source = new ContextSource(context, arguments);
        ImageStore store = context.images()) {
      Progress progress = new Progress(context.err(), arguments);
      try (Workshop shop =
          new Workshop(context, settings, source.file(), store.build(), progress, interruption)) {
        for (String unused : shop.arguments().unused(source.file())) {
          context.warn("--build-arg " + unused + ": no ARG of the build file takes it, ignored");
        }
        String id = new Builder(shop, new Sources(shop, source.context())).build();
        context.out().println(id);
      }
    }
    return ExitCodes.SUCCESS;
  }
}
