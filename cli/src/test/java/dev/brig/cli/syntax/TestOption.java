package dev.brig.cli.syntax;

/// Options of an invented command.
enum TestOption implements Option {
  ALL("-a --all", "", "Things", "All of it, 100%"),
  INTERACTIVE("-i --interactive", "", "Things", "Keep it open"),
  TTY("-t", "", "Things", "A terminal"),
  ENV("-e --env", "NAME", "Values", "A variable"),
  MEMORY("-m --memory", "SIZE", "Values", "Memory"),
  MEMORY_SWAP("--memory-swap", "SIZE", "Values", "Memory and swap"),
  SECRET("--secret", "X", "", "not shown");

  private final OptionText text;

  TestOption(String names, String label, String heading, String description) {
    this.text = new OptionText(names, label, heading, description);
  }

  @Override
  public OptionText text() {
    return text;
  }
}
