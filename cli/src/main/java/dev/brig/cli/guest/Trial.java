package dev.brig.cli.guest;

import dev.brig.error.UnsupportedException;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A command that is run to see whether it works.
///
/// @param command the program and its arguments
record Trial(List<String> command) {
  private static final int COMPLAINT_BYTES_MAX = 4096;

  Trial {
    command = List.copyOf(command);
  }

  /// Returns the beginning of what it writes to its standard error, once it has closed that.
  String complaint() {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      try {
        return new String(
            process.getErrorStream().readNBytes(COMPLAINT_BYTES_MAX), StandardCharsets.UTF_8);
      } finally {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  private UnsupportedException unusable(IOException e) {
    return new UnsupportedException(
        command.getFirst(), "it can't be executed: " + e.getMessage(), "install it");
  }

  /// Tells whether it ends with status 0 in time. Its output goes nowhere; it is killed when the
  /// time is over.
  boolean succeedsWithin(Duration limit) {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      try {
        return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS) && process.exitValue() == 0;
      } finally {
        process.destroyForcibly().waitFor();
      }
    } catch (IOException e) {
      throw unusable(e);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
