package dev.brig.cli.command;

import dev.brig.cli.syntax.Option;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;

/// A command of brig: `ps`, `run`. One instance serves one invocation.
///
/// @param <O> the enum of its options
public interface Command<O extends Option> {

  /// Returns what its command line looks like.
  Syntax<O> syntax();

  /// Does what the command line says.
  ///
  /// @return the exit status
  /// @throws dev.brig.error.BrigException if it cannot be done
  int run(Reading.Arguments<O> arguments);
}
