package dev.brig.cli.syntax;

import java.util.List;

/// What a command accepts and what its help says.
///
/// @param <O> the enum of the command's options
/// @param command the command's name: `run`
/// @param purpose one sentence that says what the command does
/// @param options the options, in the order of help
/// @param operands what follows the options
/// @param details paragraphs below the options and lines of examples, for help
public record Syntax<O extends Option>(
    String command, String purpose, List<O> options, Operands operands, List<String> details) {

  /// Copies the lists.
  public Syntax {
    options = List.copyOf(options);
    details = List.copyOf(details);
  }
}
