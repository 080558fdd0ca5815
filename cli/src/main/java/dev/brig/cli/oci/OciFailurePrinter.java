package dev.brig.cli.oci;

import com.google.gson.JsonPrimitive;
import dev.brig.error.BrigException;
import dev.brig.error.Failure;
import dev.brig.linux.Fd;
import dev.brig.linux.Kernel;
import dev.brig.linux.KernelException;
import dev.brig.linux.OpenFlag;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;

/// Tells failures to callers of an OCI runtime: on standard error, and in the file of `--log` in
/// the form that containerd and podman read.
final class OciFailurePrinter {
  private final PrintStream err;
  private final Kernel kernel;
  private final String log;
  private final String format;

  /// Makes a printer.
  ///
  /// @param err standard error
  /// @param kernel the way to the file
  /// @param log the file, or empty
  /// @param format `json` or `text`
  OciFailurePrinter(PrintStream err, Kernel kernel, String log, String format) {
    this.err = err;
    this.kernel = kernel;
    this.log = log;
    this.format = format;
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
    if (!log.isEmpty()) {
      append(entry("error", hint.isEmpty() ? message : message + " (" + hint + ")"));
    }
  }

  /// Tells of what does not end the command: in the log if there is one, since standard error may
  /// be the container's.
  void warn(String message) {
    if (log.isEmpty()) {
      err.println("brig-oci: warning: " + oneLine(message));
      err.flush();
    } else {
      append(entry("warning", message));
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

  private String entry(String level, String message) {
    String time = Instant.now().toString();
    String quoted = new JsonPrimitive(message).toString();
    return format.equals("json")
        ? "{\"level\":\"" + level + "\",\"msg\":" + quoted + ",\"time\":\"" + time + "\"}\n"
        : "time=\"" + time + "\" level=" + level + " msg=" + quoted + "\n";
  }

  private void append(String entry) {
    try (Fd fd =
        kernel
            .files()
            .openat(Fd.CWD, log, 0644, OpenFlag.O_WRONLY, OpenFlag.O_CREAT, OpenFlag.O_APPEND)) {
      kernel.files().writeAll(fd, entry.getBytes(StandardCharsets.UTF_8));
    } catch (KernelException _) {
      // The caller has read it on standard error; ignored: a log that can't be written to.
      return;
    }
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
