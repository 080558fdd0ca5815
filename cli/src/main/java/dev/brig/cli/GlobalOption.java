package dev.brig.cli;

import dev.brig.cli.syntax.Option;

/// The options before the command's name.
enum GlobalOption implements Option {
  ROOT("--root", "DIRECTORY", "Keep all state below this directory (BRIG_ROOT)"),
  DEBUG("--debug", "", "Tell each system call, and where failures come from"),
  VERSION("-v --version", "", "Print the version");

  private final String names;
  private final String label;
  private final String description;

  GlobalOption(String names, String label, String description) {
    this.names = names;
    this.label = label;
    this.description = description;
  }

  @Override
  public String names() {
    return names;
  }

  @Override
  public String label() {
    return label;
  }

  @Override
  public String heading() {
    return "Options";
  }

  @Override
  public String description() {
    return description;
  }
}
