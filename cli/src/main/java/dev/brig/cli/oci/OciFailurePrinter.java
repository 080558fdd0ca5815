package dev.brig.cli.oci;

import dev.brig.error.BrigException;
import dev.brig.error.Failure;
import java.io.PrintStream;
import java.util.Locale;

/// Tells failures to callers of an OCI runtime: on standard error, and in the file of `--log` in
/// the form that containerd and podman read.
final class OciFailurePrinter {
  private final PrintStream err;
  private final OciLog log;

  /// Makes a printer.
  ///
  /// @param err standard error
  /// @param log the file of `--log`
  OciFailurePrinter(PrintStream err, OciLog log) {
    this.err = err;
    this.log = log;
  }

  /// Tells a failure.
  void print(Throwable thrown) {
    String message;
    String hint = "";
    if (thrown instanceof BrigException failed) {
      message = line(failed.failure());
      hint = failed.failure().hint();
    } else {
      message = "this is a fault of brig's own: " + thrown;
    }
    err.println("brig-oci: " + oneLine(message));
    if (!hint.isEmpty()) {
      err.println("hint: " + oneLine(hint));
    }
    err.flush();
    log.append("error", hint.isEmpty() ? message : message + " (" + hint + ")");
  }

  /// Tells of what does not end the command: in the log if there is one, since standard error may
  /// be the container's.
  void warn(String message) {
    if (log.isKept()) {
      log.append("warning", message);
    } else {
      err.println("brig-oci: warning: " + oneLine(message));
      err.flush();
    }
  }

  /// Callers look for the words of Go's error numbers, which begin with a small letter.
  private static String line(Failure failure) {
    String errno = failure.errno();
    int open = errno.indexOf('(');
    if (open < 0 || open + 1 >= errno.length()) {
      return failure.line();
    }
    String text = errno.substring(open + 1).toLowerCase(Locale.ROOT).replace(")", "");
    String where = failure.step().isEmpty() ? "" : failure.step() + ": ";
    String finding = failure.finding().isEmpty() ? "" : ": " + failure.finding();
    return where + failure.call() + ": " + text + finding;
  }

  private static String oneLine(String text) {
    StringBuilder line = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      line.append(c == '\n' ? ' ' : c < ' ' || c == 0x7f ? '?' : c);
    }
    return line.toString();
  }
}
