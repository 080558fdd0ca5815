package dev.brig.cli.files;

import dev.brig.cli.command.Command;
import dev.brig.cli.command.Context;
import dev.brig.cli.command.ExitCodes;
import dev.brig.cli.output.Json;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.error.UnsupportedException;
import dev.brig.image.ImageException;
import dev.brig.image.layer.Compression;
import dev.brig.image.layer.FdInput;
import dev.brig.image.layer.TarReader;
import dev.brig.linux.Fd;
import dev.brig.linux.Kernel;
import dev.brig.linux.OpenFlag;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/// `brig receive`.
public final class ReceiveCommand implements Command<FilesOption> {
  private static final int LACKING = 1;

  private final Context context;

  /// Makes the command.
  public ReceiveCommand(Context context) {
    this.context = context;
  }

  @Override
  public Syntax<FilesOption> syntax() {
    return new Syntax<>(
        "receive",
        "Make the container that brig send has written; print its id.",
        List.of(FilesOption.NAME, FilesOption.INPUT, FilesOption.CHECK_ONLY, FilesOption.JSON),
        Operands.NONE,
        List.of(
            "",
            "With --check-only nothing is made: what this machine lacks for the container is"
                + " printed,",
            "and the exit status is 1 if there is something. The container's configuration is the",
            "sender's: receive only from those whom you would let run brig here."));
  }

  @Override
  public int run(Reading.Arguments<FilesOption> arguments) {
    context.inside().enterToMount();
    Kernel kernel = context.kernel();
    String path = arguments.value(FilesOption.INPUT, "-");
    String archive = path.equals("-") ? "standard input" : path;
    try (Fd fd =
            path.equals("-") ? Fd.STDIN : kernel.files().openat(Fd.CWD, path, OpenFlag.O_RDONLY);
        InputStream content = Compression.open(new FdInput(kernel.files(), fd)).content()) {
      TarReader tar = new TarReader(content, archive, TarReader.End.MARKED);
      try (Receiver receiver = new Receiver(context, tar, archive)) {
        receiver.readDocuments();
        List<String> lacking =
            receiver.lacking(arguments.value(FilesOption.NAME, receiver.record().name()));
        if (arguments.has(FilesOption.CHECK_ONLY)) {
          return report(receiver, lacking, arguments);
        }
        if (!lacking.isEmpty()) {
          throw new UnsupportedException(
              "receive " + receiver.record().name(),
              String.join("; ", lacking),
              "brig receive --check-only tells the same and makes nothing");
        }
        receiver.readLayers();
        context.out().println(receiver.make(arguments.value(FilesOption.NAME, "")));
      }
      return ExitCodes.SUCCESS;
    } catch (IOException e) {
      throw new ImageException(archive, "cannot be read: " + e.getMessage(), "", e);
    }
  }

  private int report(
      Receiver receiver, List<String> lacking, Reading.Arguments<FilesOption> arguments) {
    if (arguments.has(FilesOption.JSON)) {
      context
          .out()
          .print(
              new Json()
                  .beginObject()
                  .property("name", receiver.record().name())
                  .property("image", receiver.record().image().reference())
                  .property("architecture", receiver.head().architecture())
                  .property("bytes", receiver.head().bytes())
                  .property("layers", receiver.head().layers().size())
                  .property("lacking", lacking)
                  .endObject()
                  .text());
    } else {
      lacking.forEach(context.out()::println);
    }
    return lacking.isEmpty() ? ExitCodes.SUCCESS : LACKING;
  }
}
