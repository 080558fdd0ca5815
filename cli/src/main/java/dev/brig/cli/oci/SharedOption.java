package dev.brig.cli.oci;

import dev.brig.cli.syntax.Option;
import dev.brig.cli.syntax.OptionText;

/// The options that several commands share, each taking those it knows.
enum SharedOption implements Option {
  FORCE("-f --force", "", "kill the container first, and don't mind if there is none"),
  ALL("-a --all", "", "to all processes of the container"),
  FORMAT("-f --format", "FORMAT", "table or json"),
  QUIET("-q --quiet", "", "ids only"),
  BUNDLE("-b --bundle", "DIRECTORY", "write config.json there"),
  ROOTLESS("--rootless", "", "for an ordinary user");

  private final OptionText text;

  SharedOption(String names, String label, String description) {
    this.text = OptionText.plain(names, label, description);
  }

  @Override
  public OptionText text() {
    return text;
  }
}
