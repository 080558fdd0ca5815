package dev.brig.cli;

import dev.brig.cli.command.ManyFailures;
import dev.brig.error.BrigException;
import java.io.PrintStream;

/// Tells failures to people: one line that says what was attempted and what went wrong, and one
/// with the remedy. With `--debug` also where in brig.
final class FailurePrinter {
  private final PrintStream err;
  private final Detail detail;

  /// How much is told.
  enum Detail {
    /// The failure and its remedy.
    USUAL,
    /// Stack traces too: `--debug`.
    DEBUG
  }

  /// Makes a printer.
  ///
  /// @param err standard error
  FailurePrinter(PrintStream err, Detail detail) {
    this.err = err;
    this.detail = detail;
  }

  /// Tells a failure.
  ///
  /// @param command the command that failed, or empty if it was not yet known
  void print(String command, Throwable thrown) {
    if (thrown instanceof ManyFailures many) {
      for (BrigException failure : many.failures()) {
        print(command, failure);
      }
      return;
    }
    String subject = command.isEmpty() ? "brig: " : "brig: " + command + ": ";
    if (thrown instanceof BrigException failed) {
      err.println(subject + oneLine(failed.failure().line()));
      if (!failed.failure().hint().isEmpty()) {
        err.println("hint: " + oneLine(failed.failure().hint()));
      }
      for (Throwable suppressed : failed.getSuppressed()) {
        if (suppressed instanceof BrigException further) {
          err.println(subject + "then, on clearing up: " + oneLine(further.failure().line()));
        }
      }
    } else {
      err.println(subject + "this is a fault of brig's own: " + oneLine(thrown.toString()));
      if (detail == Detail.USUAL) {
        err.println("hint: please report it, with what brig --debug " + command + " ... says");
      }
    }
    if (detail == Detail.DEBUG) {
      thrown.printStackTrace(err);
    }
  }

  // A file name may hold a line break, and a line of output must not be forged by it.
  private static String oneLine(String text) {
    StringBuilder line = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\n') {
        line.append("\\n");
      } else if (c < ' ' || c == 0x7f) {
        line.append('?');
      } else {
        line.append(c);
      }
    }
    return line.toString();
  }
}
