package dev.brig.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Runs a process of the test's own to its end, and keeps what it wrote.
final class Shell {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private Shell() {}

  /// Runs a process that reads nothing, within two minutes.
  static Brig.Ended ended(ProcessBuilder builder) throws IOException, InterruptedException {
    return ended(builder.redirectInput(new File("/dev/null")), LIMIT);
  }

  /// Runs a process; when it is not done in time it is killed, with those that it has started, and
  /// the test fails.
  static Brig.Ended ended(ProcessBuilder builder, Duration limit)
      throws IOException, InterruptedException {
    Path out = Files.createTempFile("brig-it", ".out");
    Path err = Files.createTempFile("brig-it", ".err");
    try {
      Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        end(process);
        throw new AssertionError(
            "%s was not done after %s; it wrote:%n%s%s"
                .formatted(builder.command(), limit, text(out), text(err)));
      }
      return new Brig.Ended(process.exitValue(), text(out), text(err));
    } finally {
      Files.delete(out);
      Files.delete(err);
    }
  }

  /// The process first, which could start more.
  private static void end(Process process) throws InterruptedException {
    List<ProcessHandle> started = process.descendants().toList();
    process.destroyForcibly().waitFor();
    started.forEach(ProcessHandle::destroyForcibly);
  }

  private static String text(Path file) throws IOException {
    return new String(Files.readAllBytes(file), UTF_8);
  }
}
