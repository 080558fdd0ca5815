package dev.brig.cli.run;

import dev.brig.linux.Fd;
import dev.brig.linux.Kernel;
import dev.brig.linux.OpenFlag;
import dev.brig.plan.Plan;
import dev.brig.runtime.container.ContainerPaths;
import dev.brig.runtime.launch.Trace;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// The two files of a trace in a container's directory: what the plan's calls are, and what the
/// program wrote about each; `--trace`.
final class TraceFiles {
  // High, so that the program can close all descriptors around it.
  private static final int FD_MIN = 200;
  private static final int PRIVATE = 0600;
  private static final int BYTES_MAX = 64 << 20;

  private final Kernel kernel;
  private final String calls;
  private final String records;

  TraceFiles(Kernel kernel, ContainerPaths paths) {
    this.kernel = kernel;
    this.calls = paths.directory() + "/trace.calls";
    this.records = paths.directory() + "/trace";
  }

  /// Opens the file that the program writes to.
  ///
  /// @return its descriptor, open across execve(2)
  Fd open() {
    try (Fd fd =
        kernel
            .files()
            .openat(
                Fd.CWD,
                records,
                PRIVATE,
                OpenFlag.O_WRONLY,
                OpenFlag.O_CREAT,
                OpenFlag.O_TRUNC,
                OpenFlag.O_APPEND)) {
      Fd high = kernel.files().duplicate(fd, FD_MIN);
      kernel.files().keepOnExec(high);
      return high;
    }
  }

  /// Writes down what the calls are.
  void describe(Plan plan) {
    try (Fd fd =
        kernel
            .files()
            .openat(
                Fd.CWD, calls, PRIVATE, OpenFlag.O_WRONLY, OpenFlag.O_CREAT, OpenFlag.O_TRUNC)) {
      kernel.files().writeAll(fd, Trace.texts(plan).getBytes(StandardCharsets.UTF_8));
    }
  }

  /// Prints the trace, if there is one, and removes it.
  void print(PrintStream err) {
    Optional<byte[]> texts = kernel.files().readIfPresent(Fd.CWD, calls, BYTES_MAX);
    Optional<byte[]> written = kernel.files().readIfPresent(Fd.CWD, records, BYTES_MAX);
    if (texts.isEmpty() || written.isEmpty()) {
      return;
    }
    String described = new String(texts.get(), StandardCharsets.UTF_8);
    for (String line : Trace.lines(described, written.get())) {
      err.println(line);
    }
    var _ = kernel.tree().unlinkIfPresent(Fd.CWD, calls);
    var _ = kernel.tree().unlinkIfPresent(Fd.CWD, records);
  }
}
