package dev.brig.runtime.container;

import dev.brig.linux.Fd;
import dev.brig.linux.Kernel;
import dev.brig.linux.OpenFlag;
import dev.brig.linux.WatchEvent;
import dev.brig.runtime.container.ContainerException.Problem;
import java.time.Duration;
import java.util.Optional;

/// Reads what a detached container has written, and goes on reading while it writes.
public final class LogReader {
  // Nothing depends on it: each wait ends with an event.
  private static final Duration LONG = Duration.ofMinutes(10);

  private final Kernel kernel;
  private final ContainerStore store;

  /// Makes one for the containers of a store.
  public LogReader(Kernel kernel, ContainerStore store) {
    this.kernel = kernel;
    this.store = store;
  }

  /// Reads a container's log; with [LogOptions.Follow#YES] returns when the container has ended.
  ///
  /// @param sink gets what the container wrote
  /// @throws ContainerException if the container has no log, or it is damaged; what comes before
  ///   the damage was read
  public void read(Container container, LogOptions options, LogSink sink) {
    Optional<Fd> open =
        kernel
            .files()
            .openIfPresent(
                Fd.CWD, container.paths().log().toString(), OpenFlag.O_RDONLY, OpenFlag.O_NOFOLLOW);
    if (open.isEmpty()) {
      throw noLog(container);
    }
    try (Fd fd = open.get()) {
      LogFile file = new LogFile(kernel, container.paths().log(), fd);
      LogLines lines = new LogLines(sink, options);
      long first = firstLine(file, options);
      switch (options.follow()) {
        case NO -> passAll(file, lines, first, sink);
        case YES -> follow(container, file, lines, first, sink);
      }
    }
  }

  /// Returns the number of the first line to show. Lines that are written meanwhile come after.
  private static long firstLine(LogFile file, LogOptions options) {
    if (options.tailLines() < 0) {
      return 1;
    }
    LogLines counted = new LogLines(NOWHERE, options);
    while (file.next()) {
      counted.count(file);
    }
    file.seek(0);
    return counted.count() - options.tailLines() + 1;
  }

  private static void passAll(LogFile file, LogLines lines, long first, LogSink sink) {
    while (file.next()) {
      lines.pass(file, first);
    }
    sink.flush();
  }

  private void follow(Container container, LogFile file, LogLines lines, long first, LogSink sink) {
    try (Fd inotify = kernel.events().inotifyInit()) {
      ContainerPaths paths = container.paths();
      kernel.events().watch(inotify, paths.log().toString(), WatchEvent.IN_MODIFY);
      while (true) {
        Optional<Fd> supervisor = supervisor(container);
        if (supervisor.isEmpty()) {
          // Whatever it wrote, it wrote before it was gone.
          passAll(file, lines, first, sink);
          return;
        }
        try (Fd pidfd = supervisor.get()) {
          passAll(file, lines, first, sink);
          while (kernel.events().awaitReadable(LONG, inotify, pidfd) != 1) {
            kernel.events().drain(inotify);
            passAll(file, lines, first, sink);
          }
        }
      }
    }
  }

  /// Returns the process that writes the log, or empty if it is gone.
  private Optional<Fd> supervisor(Container container) {
    Container now;
    try {
      now = store.find(container.id().text());
    } catch (ContainerException _) {
      // It was removed: it has ended.
      return Optional.empty();
    }
    return now.processes().isKnown()
        ? kernel.processes().pidfdOpen(now.processes().supervisorPid())
        : Optional.empty();
  }

  private static ContainerException noLog(Container container) {
    boolean detached = container.record().has(ContainerOption.DETACH);
    return new ContainerException(
        Problem.WRONG_STATE,
        "logs " + container.name(),
        detached
            ? "container " + container.name() + " was not started yet"
            : "container " + container.name() + " has no log: it ran in the foreground",
        detached ? "brig start " + container.name() : "brig run -d keeps a log");
  }

  private static final LogSink NOWHERE =
      new LogSink() {
        @Override
        public void write(Stream stream, byte[] bytes, int offset, int length) {
          // Lines are only counted.
        }

        @Override
        public void flush() {
          // Nothing is kept back.
        }
      };
}
