package dev.brig.cli.oci;

import dev.brig.cli.syntax.Option;
import dev.brig.cli.syntax.OptionText;

/// The options of `checkpoint` and `restore`, criu's own for the most part; criu(8).
enum CriuOption implements Option {
  IMAGE_PATH("--image-path", "DIRECTORY", "where the images are; usually ./checkpoint"),
  WORK_PATH("--work-path", "DIRECTORY", "where criu keeps its log; usually with the images"),
  PARENT_PATH("--parent-path", "DIRECTORY", "images of an earlier pre-dump, below --image-path"),
  LEAVE_RUNNING("--leave-running", "", "let the container go on"),
  TCP_ESTABLISHED("--tcp-established", "", "with open TCP connections"),
  EXT_UNIX_SK("--ext-unix-sk", "", "with Unix sockets to the outside"),
  SHELL_JOB("--shell-job", "", "with a terminal of the caller's"),
  FILE_LOCKS("--file-locks", "", "with locks on files"),
  PRE_DUMP("--pre-dump", "", "only memory, the container goes on"),
  MANAGE_CGROUPS("--manage-cgroups-mode", "MODE", "soft, full, strict or ignore"),
  BUNDLE("-b --bundle", "DIRECTORY", "restore: the bundle; usually the current directory"),
  PID_FILE("--pid-file", "FILE", "restore: write the number of the first process there"),
  DETACH("-d --detach", "", "restore: don't wait for the end"),
  NO_PIVOT("--no-pivot", "", "restore: ignored, criu enters the root its own way"),
  NO_SUBREAPER("--no-subreaper", "", "restore: ignored, brig is none"),
  CONSOLE_SOCKET("--console-socket", "SOCKET", "refused: no terminal is restored"),
  LAZY_PAGES("--lazy-pages", "", "refused: memory is restored at once"),
  STATUS_FD("--status-fd", "FD", "refused, see --lazy-pages"),
  PAGE_SERVER("--page-server", "ADDRESS:PORT", "refused: images are kept in a directory"),
  EMPTY_NS("--empty-ns", "NAMESPACE", "network: leave what is in it out");

  private final OptionText text;

  CriuOption(String names, String label, String description) {
    this.text = OptionText.plain(names, label, description);
  }

  @Override
  public OptionText text() {
    return text;
  }
}
