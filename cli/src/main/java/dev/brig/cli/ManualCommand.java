package dev.brig.cli;

import dev.brig.cli.command.Command;
import dev.brig.cli.command.Context;
import dev.brig.cli.command.ExitCodes;
import dev.brig.cli.manual.BashCompletion;
import dev.brig.cli.manual.ManPage;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Option;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.linux.Fd;
import dev.brig.linux.OpenFlag;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// `brig internal-manual DIRECTORY`: writes the manual pages and the completion for bash.
final class ManualCommand implements Command<Option> {
  private static final int READABLE = 0644;

  private final Context context;

  ManualCommand(Context context) {
    this.context = context;
  }

  @Override
  public Syntax<Option> syntax() {
    return new Syntax<>(
        "internal-manual",
        "Called by the build.",
        List.of(),
        Operands.exactly(1, "DIRECTORY"),
        List.of());
  }

  @Override
  public int run(Reading.Arguments<Option> arguments) {
    Path directory = Path.of(arguments.operands().getFirst());
    String version = VersionCommand.version();
    List<GlobalOption> options = List.of(GlobalOption.values());
    List<Syntax<?>> commands = new ArrayList<>();
    for (String name : Commands.names()) {
      commands.add(Commands.named(name, context).syntax());
    }
    write(directory.resolve("brig.1"), ManPage.overview(options, commands, version));
    write(directory.resolve("brig.bash"), BashCompletion.of(options, commands));
    for (Syntax<?> command : commands) {
      write(directory.resolve(ManPage.name(command) + ".1"), ManPage.of(command, version));
    }
    return ExitCodes.SUCCESS;
  }

  private void write(Path file, String text) {
    try (Fd fd =
        context
            .kernel()
            .files()
            .openat(
                Fd.CWD,
                file.toString(),
                READABLE,
                OpenFlag.O_WRONLY,
                OpenFlag.O_CREAT,
                OpenFlag.O_TRUNC)) {
      context.kernel().files().writeAll(fd, text.getBytes(StandardCharsets.UTF_8));
    }
  }
}
