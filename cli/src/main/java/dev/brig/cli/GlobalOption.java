package dev.brig.cli;

import dev.brig.cli.syntax.Option;
import dev.brig.cli.syntax.OptionText;

/// The options before the command's name.
enum GlobalOption implements Option {
  ROOT("--root", "DIRECTORY", "Keep all state below this directory (BRIG_ROOT)"),
  DEBUG("--debug", "", "Tell each system call, and where failures come from"),
  VERSION("-v --version", "", "Print the version");

  private final OptionText text;

  GlobalOption(String names, String label, String description) {
    this.text = OptionText.plain(names, label, description);
  }

  @Override
  public OptionText text() {
    return text;
  }
}
