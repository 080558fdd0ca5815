package dev.brig.cli.files;

import dev.brig.cli.syntax.Option;
import dev.brig.cli.syntax.OptionText;

/// The options of the commands about the files of containers. Each command takes a few of them.
public enum FilesOption implements Option {
  JSON("--json", "", "Print JSON"),
  QUIET("-q --quiet", "", "Print less"),
  AUTHOR("-a --author", "TEXT", "Who made the image"),
  CHANGE(
      "-c --change", "INSTRUCTION", "Change the configuration: ENV A=b, CMD [\"sh\"], USER, ..."),
  MESSAGE("-m --message", "TEXT", "Why, for the image's history"),
  PAUSE("-p --pause", "", "Freeze the container meanwhile (default); --pause=false lets it go on"),
  SQUASH("-s --squash", "", "Make one layer of everything, without the image's own"),
  TIMESTAMP("--timestamp", "SECONDS", "Say that all was made then (SOURCE_DATE_EPOCH: not later)"),
  COMPRESSION("--compression", "NAME", "gzip (default), zstd, or none"),
  IIDFILE("--iidfile", "FILE", "Write the image's id to a file"),
  ARCHIVE("-a --archive", "", "Keep the owners of files"),
  FOLLOW_LINK("-L --follow-link", "", "Copy what a link leads to, not the link"),
  OUTPUT("-o --output", "FILE", "Write to this file, not to standard output"),
  ALL("-a --all", "", "Every container whose root is mounted"),
  FORCE("-f --force", "", "Even if it is in use, or not there"),
  COMMENT("-m --message", "TEXT", "What the snapshot is for"),
  TO("--to", "FILE", "Of a virtual machine: write its memory and devices to a file, and end it"),
  LEAVE_RUNNING("-R --leave-running", "", "With --to: let it go on"),
  REMOVE("--rm", "", "Remove the snapshot of this name"),
  CHANGES("--changes", "", "List the files too, as brig diff does"),
  CHECK_ONLY("--check-only", "", "Say what is in the stream and what is missing here"),
  NAME("--name", "NAME", "Call the container so"),
  INPUT("-i --input", "FILE", "Read this file, not standard input");

  private final OptionText text;

  FilesOption(String names, String label, String description) {
    this.text = OptionText.plain(names, label, description);
  }

  @Override
  public OptionText text() {
    return text;
  }
}
