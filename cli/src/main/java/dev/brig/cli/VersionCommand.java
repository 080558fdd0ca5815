package dev.brig.cli;

import dev.brig.cli.command.Command;
import dev.brig.cli.command.Context;
import dev.brig.cli.command.ExitCodes;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Option;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import java.util.List;

/// `brig version`.
final class VersionCommand implements Command<Option> {
  private final Context context;

  VersionCommand(Context context) {
    this.context = context;
  }

  @Override
  public Syntax<Option> syntax() {
    return new Syntax<>("version", "Show the version.", List.of(), Operands.NONE, List.of());
  }

  @Override
  public int run(Reading.Arguments<Option> arguments) {
    context.out().println("brig version " + version());
    return ExitCodes.SUCCESS;
  }

  /// Returns the version that the build wrote into the jar.
  static String version() {
    String version = Main.class.getPackage().getImplementationVersion();
    return version == null ? "unpackaged" : version;
  }
}
