package dev.brig.cli.guest;

import dev.brig.cli.syntax.Option;
import dev.brig.cli.syntax.OptionText;

/// The options of `brig ladder`.
public enum LadderOption implements Option {
  /// The image at each degree.
  IMAGE("--image", "IMAGE", "What it runs in (host: this machine's own root)"),
  /// The answers as JSON.
  JSON("--json", "", "Print JSON");

  private final OptionText text;

  LadderOption(String names, String label, String description) {
    this.text = OptionText.plain(names, label, description);
  }

  @Override
  public OptionText text() {
    return text;
  }
}
