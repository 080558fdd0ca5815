package dev.brig.cli.lab;

import dev.brig.cli.command.Context;
import dev.brig.linux.Fd;
import dev.brig.linux.OpenFlag;
import java.nio.charset.StandardCharsets;

/// Where a report goes.
final class Output {
  private static final int READABLE = 0644;

  private Output() {}

  /// Writes a report to a file, or to standard output if there is no name.
  static void write(Context context, Report report, String path) {
    if (path.isEmpty()) {
      context.out().print(report.json());
      return;
    }
    OpenFlag[] flags = {OpenFlag.O_WRONLY, OpenFlag.O_CREAT, OpenFlag.O_TRUNC};
    try (Fd file = context.kernel().files().openat(Fd.CWD, path, READABLE, flags)) {
      context.kernel().files().writeAll(file, report.json().getBytes(StandardCharsets.UTF_8));
    }
  }
}
