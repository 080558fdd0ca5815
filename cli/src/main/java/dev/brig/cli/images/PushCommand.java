package dev.brig.cli.images;

import dev.brig.cli.command.Command;
import dev.brig.cli.command.Context;
import dev.brig.cli.command.ExitCodes;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.cli.value.Wrong;
import dev.brig.error.UsageException;
import dev.brig.image.Digest;
import dev.brig.image.store.ImageStore;
import dev.brig.image.store.StoredContent;
import dev.brig.image.store.TransferListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// `brig push`.
public final class PushCommand implements Command<RegistryOption> {
  private final Context context;

  /// Makes the command.
  public PushCommand(Context context) {
    this.context = context;
  }

  @Override
  public Syntax<RegistryOption> syntax() {
    return new Syntax<>(
        "push",
        "Send an image to a registry; print its digest there.",
        List.of(
            RegistryOption.QUIET,
            RegistryOption.DIGESTFILE,
            RegistryOption.CREDS,
            RegistryOption.AUTHFILE,
            RegistryOption.CERT_DIR,
            RegistryOption.TLS_VERIFY,
            RegistryOption.RETRY,
            RegistryOption.RETRY_DELAY),
        new Operands("IMAGE [DESTINATION]", 1, 2, Operands.Order.MIXED),
        List.of(
            "",
            "DESTINATION is a name with its registry; without it the image's own is taken.",
            "What the registry has is not sent again.",
            "",
            "Example:",
            "  brig push debian:12 registry.example:5000/team/debian:12"));
  }

  @Override
  public int run(Reading.Arguments<RegistryOption> arguments) {
    List<String> operands = arguments.operands();
    try (ImageStore store = context.images()) {
      StoredContent content = store.content(operands.getFirst());
      String destination = operands.size() > 1 ? operands.get(1) : content.name();
      if (destination.isEmpty()) {
        throw new UsageException(
            "image \"" + operands.getFirst() + "\"",
            "it has no name that says where to send it",
            "brig push " + operands.getFirst() + " registry.example/NAME");
      }
      Digest digest =
          RegistryAccess.of(context, arguments)
              .push(
                  content,
                  destination,
                  arguments.has(RegistryOption.QUIET)
                      ? TransferListener.NONE
                      : TransferDisplay.of(context));
      write(arguments.value(RegistryOption.DIGESTFILE, ""), digest);
      context.out().println(digest);
    }
    return ExitCodes.SUCCESS;
  }

  private static void write(String file, Digest digest) {
    if (!file.isEmpty()) {
      try {
        Files.writeString(Path.of(file), digest.toString());
      } catch (IOException e) {
        throw Wrong.value("--digestfile", file, "cannot be written: " + e);
      }
    }
  }
}
