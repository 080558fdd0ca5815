package dev.brig.cli.run;

import dev.brig.cli.syntax.Option;
import dev.brig.cli.syntax.OptionText;

/// The options of `brig exec`.
public enum ExecOption implements Option {
  /// The caller does not wait.
  DETACH("-d --detach", "", "Don't wait for the command"),
  /// Standard input is passed on.
  INTERACTIVE("-i --interactive", "", "Keep standard input open"),
  /// A pseudo-terminal.
  TTY("-t --tty", "", "Give the command a terminal"),
  /// A variable.
  ENV("-e --env", "NAME=VALUE", "Set a variable, or pass the caller's on: NAME"),
  /// A file of variables.
  ENV_FILE("--env-file", "FILE", "Set the variables in a file"),
  /// All capabilities.
  PRIVILEGED("--privileged", "", "With all capabilities that root here has"),
  /// Whose rights it has.
  USER("-u --user", "USER[:GROUP]", "Run as this user of the container"),
  /// Where it starts.
  WORKDIR("-w --workdir", "DIRECTORY", "Start in this directory of the container");

  private final OptionText text;

  ExecOption(String names, String label, String description) {
    this.text = OptionText.plain(names, label, description);
  }

  @Override
  public OptionText text() {
    return text;
  }
}
