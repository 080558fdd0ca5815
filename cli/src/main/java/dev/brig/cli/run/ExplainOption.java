package dev.brig.cli.run;

import dev.brig.cli.syntax.Option;
import dev.brig.cli.syntax.OptionText;

/// The options of `brig explain` itself.
public enum ExplainOption implements Option {
  /// The plan as JSON.
  JSON("--json", "Print the plan as JSON");

  private final OptionText text;

  ExplainOption(String names, String description) {
    this.text = OptionText.plain(names, "", description);
  }

  @Override
  public OptionText text() {
    return text;
  }
}
