package dev.brig.cli.compare;

import dev.brig.error.BrigException;
import dev.brig.error.UsageException;
import dev.brig.runtime.probe.ProbeOutput;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// Runs the probe in an arm.
final class Runner {
  private static final int BUFFER_BYTES = 64 << 10;
  private static final int MESSAGE_MAX = 160;

  private final Path errors;
  private final Settings settings;
  private final Watchdog watchdog;
  private final AtomicInteger instances = new AtomicInteger();

  /// @param bench where messages are kept
  /// @param settings how much later an arm starts, and how long it may take
  /// @param watchdog what ends an arm that takes too long
  Runner(Bench bench, Settings settings, Watchdog watchdog) {
    this.errors = bench.path().resolve("messages");
    this.settings = settings;
    this.watchdog = watchdog;
  }

  /// Runs the probe to its end.
  ///
  /// @throws BrigException if it does not come to its end
  Run run(Rung rung, String letters) {
    ProcessBuilder builder =
        builder(rung, next(rung, letters)).redirectInput(new File("/dev/null"));
    long begin = System.nanoTime();
    long delay = settings.delayNanos(rung);
    while (System.nanoTime() - begin < delay) {
      LockSupport.parkNanos(delay - (System.nanoTime() - begin));
    }
    try {
      return finish(rung, watchdog.start(builder), begin);
    } catch (IOException | IllegalArgumentException e) {
      throw failed(rung, String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed(rung, "interrupted");
    }
  }

  private Run finish(Rung rung, Process process, long begin)
      throws IOException, InterruptedException {
    byte[] buffer = new byte[BUFFER_BYTES];
    ByteArrayOutputStream output = new ByteArrayOutputStream(BUFFER_BYTES);
    try (Watchdog.Watch _ = watchdog.watch(process, settings.limitSeconds());
        InputStream in = process.getInputStream()) {
      long first = 0;
      long last = 0;
      int count = in.read(buffer);
      while (count > 0) {
        last = System.nanoTime();
        first = first == 0 ? last : first;
        output.write(buffer, 0, count);
        count = in.read(buffer);
      }
      int status = process.waitFor();
      long end = System.nanoTime();
      if (status != 0 || first == 0) {
        throw failed(rung, "ended with status " + status);
      }
      ProbeOutput read = ProbeOutput.of(output.toByteArray());
      return new Run(read, first - begin, end - last, last - first);
    }
  }

  /// Runs a command that has no probe in it, to prepare an arm.
  ///
  /// @throws BrigException if it fails
  void call(Rung.Command command) {
    call(command, command.words());
  }

  /// Runs the probe with a trace of what starts it.
  ///
  /// @return what it said on standard error, line by line; none if it can't trace itself
  /// @throws BrigException if it fails
  List<String> trace(Rung rung) {
    List<String> words = rung.traced("hz", instances.incrementAndGet());
    if (words.isEmpty()) {
      return List.of();
    }
    call(rung, words);
    try {
      return Files.readAllLines(errors);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void call(Rung command, List<String> words) {
    ProcessBuilder builder =
        builder(command, words)
            .redirectInput(new File("/dev/null"))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD);
    try {
      Process process = watchdog.start(builder);
      try (Watchdog.Watch _ = watchdog.watch(process, settings.limitSeconds())) {
        int status = process.waitFor();
        if (status != 0) {
          throw failed(command, "ended with status " + status);
        }
      }
    } catch (IOException e) {
      throw failed(command, String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed(command, "interrupted");
    }
  }

  /// Starts the probe with a letter that lasts as long as its standard input, and waits until it
  /// says that it is there.
  Process start(Rung rung, String letter) {
    try {
      Process process = watchdog.start(builder(rung, next(rung, letter)));
      await(rung, process);
      return process;
    } catch (IOException e) {
      throw failed(rung, String.valueOf(e.getMessage()));
    }
  }

  /// Starts as many at the same time.
  ///
  /// @param processes gets them, also those that had started when another one failed
  void startAll(Rung rung, String letter, int count, List<Process> processes) {
    try {
      for (int i = 0; i < count; i++) {
        processes.add(watchdog.start(builder(rung, next(rung, letter))));
      }
      for (Process process : processes) {
        await(rung, process);
      }
    } catch (IOException e) {
      throw failed(rung, String.valueOf(e.getMessage()));
    }
  }

  private void await(Rung rung, Process process) throws IOException {
    try (Watchdog.Watch _ = watchdog.watch(process, settings.limitSeconds())) {
      if (process.getInputStream().readNBytes(16).length < 16) {
        process.destroyForcibly();
        throw failed(rung, "ended");
      }
    }
  }

  /// Ends what [#start] started: the end of standard input first, for the arm to clear up.
  void stop(List<Process> processes) {
    for (Process process : processes) {
      try {
        process.getOutputStream().close();
      } catch (IOException _) {
        // It has ended already: ignored.
      }
    }
    for (Process process : processes) {
      try {
        if (!process.waitFor(settings.limitSeconds(), TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        process.destroyForcibly();
      }
    }
  }

  private List<String> next(Rung rung, String letters) {
    return rung.command(letters, instances.incrementAndGet());
  }

  private ProcessBuilder builder(Rung rung, List<String> words) {
    ProcessBuilder builder =
        new ProcessBuilder(words)
            .directory(rung.directory().toFile())
            .redirectError(errors.toFile());
    builder.environment().remove("BRIG_ROOT");
    return builder;
  }

  /// Returns the failure of an arm with the last thing that it said.
  private BrigException failed(Rung rung, String finding) {
    String last = "";
    try {
      String all = new String(Files.readAllBytes(errors), StandardCharsets.UTF_8);
      for (String line : all.lines().toList()) {
        last = line.isBlank() || line.startsWith("hint: ") ? last : line.strip();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (last.length() > MESSAGE_MAX) {
      last = last.substring(0, MESSAGE_MAX) + "…";
    }
    return new UsageException(rung.id(), last.isEmpty() ? finding : last, "");
  }
}
