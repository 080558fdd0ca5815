package dev.brig.cli;

import dev.brig.cli.command.Command;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Option;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.error.UsageException;
import java.util.ArrayList;
import java.util.List;

/// The first word of commands that have two, alone: `brig image`, of which only the help is of any
/// use.
final class GroupCommand implements Command<Option> {
  private final String name;
  private final String purpose;
  private final String overview;

  /// Makes the command.
  ///
  /// @param name the first word
  /// @param purpose what its commands are about, a sentence
  /// @param overview the list of all commands
  GroupCommand(String name, String purpose, String overview) {
    this.name = name;
    this.purpose = purpose;
    this.overview = overview;
  }

  @Override
  public Syntax<Option> syntax() {
    List<String> lines = new ArrayList<>(List.of("", "Commands:"));
    overview.lines().filter(line -> line.startsWith("  " + name + " ")).forEach(lines::add);
    return new Syntax<>(name, purpose, List.of(), Operands.exactly(1, "COMMAND [ARG...]"), lines);
  }

  @Override
  public int run(Reading.Arguments<Option> arguments) {
    throw new UsageException(
        arguments.operands().getFirst(),
        "options come behind the command",
        "brig " + name + " --help");
  }
}
