package dev.brig.cli.lab;

import dev.brig.cli.syntax.Option;
import dev.brig.cli.syntax.OptionText;

/// The options of `brig lab`.
enum LabOption implements Option {
  AUTO("--auto", "", "Do all labs, or those named, without anybody at the keyboard"),
  FILE("--file", "PATH", "Labs of your own: a file, or a directory of .lab files"),
  STUDENT("--student", "NAME", "Whose work this and what follows is (the user's)"),
  OUTPUT("-o --output", "FILE", "Write the report here"),
  CSV("--csv", "", "grade: print comma-separated values"),
  JSON("--json", "", "Print JSON");

  private final OptionText text;

  LabOption(String names, String label, String description) {
    this.text = OptionText.plain(names, label, description);
  }

  @Override
  public OptionText text() {
    return text;
  }
}
