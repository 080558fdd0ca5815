package dev.brig.cli.run;

import dev.brig.cli.syntax.Option;

/// The options of `brig explain` itself.
public enum ExplainOption implements Option {
  /// The plan as JSON.
  JSON("--json", "Print the plan as JSON");

  private final String names;
  private final String description;

  ExplainOption(String names, String description) {
    this.names = names;
    this.description = description;
  }

  @Override
  public String names() {
    return names;
  }

  @Override
  public String label() {
    return "";
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
