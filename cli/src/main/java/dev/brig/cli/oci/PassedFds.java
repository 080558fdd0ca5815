package dev.brig.cli.oci;

import dev.brig.error.UsageException;
import dev.brig.linux.Fd;
import dev.brig.linux.Kernel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The descriptors that a caller passes on to a container's command: those of socket activation
/// (`LISTEN_FDS`, sd_listen_fds(3)), then those of `--preserve-fds`.
final class PassedFds {
  private static final int FIRST = 3;
  private static final int COUNT_MAX = 1024;
  private static final int INFO_LENGTH_MAX = 4096;
  private static final int O_CLOEXEC = 02000000;

  private final Kernel kernel;

  PassedFds(Kernel kernel) {
    this.kernel = kernel;
  }

  /// Returns how many descriptors from 3 on are passed on.
  ///
  /// @param preserved the value of `--preserve-fds`, or empty
  /// @param environment the caller's
  /// @throws UsageException if one of them is not open
  int count(String preserved, Map<String, String> environment) {
    int listening = number("LISTEN_FDS", environment.getOrDefault("LISTEN_FDS", ""));
    int count = listening + number("--preserve-fds", preserved);
    for (int fd = FIRST; fd < FIRST + count; fd++) {
      if (!isCallers(fd)) {
        throw new UsageException(
            "--preserve-fds",
            "descriptor " + fd + " is not open: bad file descriptor",
            "open it, or pass fewer");
      }
    }
    return count;
  }

  /// Returns an environment that tells the command of sockets it is given.
  static List<String> variables(List<String> given, Map<String, String> environment) {
    String listening = environment.getOrDefault("LISTEN_FDS", "");
    if (listening.isEmpty()) {
      return given;
    }
    List<String> variables = new ArrayList<>(given);
    variables.add("LISTEN_FDS=" + listening);
    variables.add("LISTEN_PID=1");
    return variables;
  }

  /// The JVM closes its own on execve(2); what came from the caller came through one.
  private boolean isCallers(int fd) {
    Optional<byte[]> read =
        kernel.files().readIfPresent(Fd.CWD, "/proc/self/fdinfo/" + fd, INFO_LENGTH_MAX);
    if (read.isEmpty()) {
      return false;
    }
    String text = new String(read.get(), StandardCharsets.US_ASCII);
    int start = text.indexOf("flags:") + "flags:".length();
    String flags = text.substring(start, text.indexOf('\n', start)).strip();
    return (Integer.parseInt(flags, 8) & O_CLOEXEC) == 0;
  }

  private static int number(String origin, String text) {
    if (text.isEmpty()) {
      return 0;
    }
    try {
      int number = Integer.parseInt(text);
      if (number >= 0 && number <= COUNT_MAX) {
        return number;
      }
    } catch (NumberFormatException _) {
      // Told below.
    }
    throw new UsageException(origin + " " + text, "no number of descriptors", "0 to " + COUNT_MAX);
  }
}
