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

  private final String names;
  private final String label;
  private final String heading;
  private final String description;

  TestOption(String names, String label, String heading, String description) {
    this.names = names;
    this.label = label;
    this.heading = heading;
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
    return heading;
  }

  @Override
  public String description() {
    return description;
  }
}
