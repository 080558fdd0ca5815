package dev.brig.cli.oci;

import dev.brig.cli.syntax.Option;
import dev.brig.cli.syntax.OptionText;
import java.util.ArrayList;
import java.util.List;

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
  BUNDLE("-b --bundle", "DIRECTORY", "the bundle; usually the current directory"),
  PID_FILE("--pid-file", "FILE", "write the number of the first process there"),
  DETACH("-d --detach", "", "don't wait for the end"),
  NO_PIVOT("--no-pivot", "", "ignored: criu enters the root its own way"),
  NO_SUBREAPER("--no-subreaper", "", "ignored: brig is none"),
  CONSOLE_SOCKET("--console-socket", "SOCKET", "refused: no terminal is restored"),
  LAZY_PAGES("--lazy-pages", "", "refused: memory is restored at once"),
  STATUS_FD("--status-fd", "FD", "refused, see --lazy-pages"),
  PAGE_SERVER("--page-server", "ADDRESS:PORT", "refused: images are kept in a directory"),
  EMPTY_NS("--empty-ns", "NAMESPACE", "network: leave what is in it out");

  private static final List<CriuOption> OF_BOTH =
      List.of(
          IMAGE_PATH,
          WORK_PATH,
          TCP_ESTABLISHED,
          EXT_UNIX_SK,
          SHELL_JOB,
          FILE_LOCKS,
          MANAGE_CGROUPS,
          EMPTY_NS,
          LAZY_PAGES);
  private static final List<CriuOption> OF_CHECKPOINT =
      List.of(PARENT_PATH, LEAVE_RUNNING, PRE_DUMP, STATUS_FD, PAGE_SERVER);
  private static final List<CriuOption> OF_RESTORE =
      List.of(BUNDLE, PID_FILE, DETACH, NO_PIVOT, NO_SUBREAPER, CONSOLE_SOCKET);

  private final OptionText text;

  CriuOption(String names, String label, String description) {
    this.text = OptionText.plain(names, label, description);
  }

  /// Returns those of `checkpoint`.
  static List<CriuOption> ofCheckpoint() {
    return both(OF_CHECKPOINT);
  }

  /// Returns those of `restore`.
  static List<CriuOption> ofRestore() {
    return both(OF_RESTORE);
  }

  private static List<CriuOption> both(List<CriuOption> own) {
    List<CriuOption> all = new ArrayList<>(OF_BOTH);
    all.addAll(own);
    return all;
  }

  @Override
  public OptionText text() {
    return text;
  }
}
