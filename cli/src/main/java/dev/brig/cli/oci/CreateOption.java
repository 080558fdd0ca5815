package dev.brig.cli.oci;

import dev.brig.cli.syntax.Option;
import dev.brig.cli.syntax.OptionText;

/// The options of `create` and `run`.
enum CreateOption implements Option {
  BUNDLE("-b --bundle", "DIRECTORY", "where config.json is; the working directory"),
  PID_FILE("--pid-file", "FILE", "write the number of the container's process there"),
  CONSOLE_SOCKET("--console-socket", "SOCKET", "send the terminal there"),
  PRESERVE_FDS("--preserve-fds", "N", "pass N descriptors from 3 on to the command"),
  NO_NEW_KEYRING("--no-new-keyring", "", "keep the caller's session keyring"),
  NO_PIVOT("--no-pivot", "", "refused: brig enters a root by pivot_root(2)"),
  DETACH("-d --detach", "", "don't wait for the end (run)"),
  KEEP("--keep", "", "don't remove the container at its end (run)"),
  NO_SUBREAPER("--no-subreaper", "", "taken: brig is none (run)");

  private final OptionText text;

  CreateOption(String names, String label, String description) {
    this.text = OptionText.plain(names, label, description);
  }

  @Override
  public OptionText text() {
    return text;
  }
}
