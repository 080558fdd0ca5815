package dev.brig.cli.attack;

import dev.brig.cli.syntax.Option;
import dev.brig.cli.syntax.OptionText;

/// The options of `brig attack` that are its own; the others are those of `brig run`.
enum AttackOption implements Option {
  JSON("--json", "", "Print JSON"),
  ONLY("--only", "NAME[,NAME...]", "Only these attacks"),
  SECRET("--secret", "PATH", "A file of this machine that an attack which gets out reads"),
  LIST("--list", "", "List the attacks, and what is to answer each");

  private final OptionText text;

  AttackOption(String names, String label, String description) {
    this.text = new OptionText(names, label, "Attack", description);
  }

  @Override
  public OptionText text() {
    return text;
  }
}
