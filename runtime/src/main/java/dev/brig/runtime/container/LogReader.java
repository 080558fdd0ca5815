package dev.brig.runtime.container;

import dev.brig.linux.Fd;
import dev.brig.linux.Kernel;
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
    long first = firstLine(container, options);
    try (LogFiles files = open(container)) {
      LogLines lines = new LogLines(sink, options);
      switch (options.follow()) {
        case NO -> passAll(files, lines, first, sink);
        case YES -> follow(container, files, lines, first, sink);
      }
    }
  }

  private LogFiles open(Container container) {
    return LogFiles.open(kernel, container.paths()).orElseThrow(() -> noLog(container));
  }

  /// Returns the number of the first line to show. Lines that are written meanwhile come after.
  private long firstLine(Container container, LogOptions options) {
    if (options.tailLines() < 0) {
      return 1;
    }
    LogLines counted = new LogLines(NOWHERE, options);
    try (LogFiles files = open(container)) {
      while (files.next()) {
        counted.count(files.record());
      }
    }
    return counted.count() - options.tailLines() + 1;
  }

  private static void passAll(LogFiles files, LogLines lines, long first, LogSink sink) {
    while (files.next()) {
      lines.pass(files.record(), first);
    }
    sink.flush();
  }

  private void follow(
      Container container, LogFiles files, LogLines lines, long first, LogSink sink) {
    try (Fd inotify = kernel.events().inotifyInit()) {
      String log = container.paths().log().toString();
      int watched = -1;
      while (true) {
        Optional<Fd> supervisor = supervisor(container);
        if (supervisor.isEmpty()) {
          // Whatever it wrote, it wrote before it was gone.
          passAll(files, lines, first, sink);
          return;
        }
        try (Fd pidfd = supervisor.get()) {
          do {
            kernel.events().drain(inotify);
            if (watched != files.begun()) {
              // Before reading, so that nothing is missed between the two.
              watched = files.begun();
              var _ = kernel.events().watch(inotify, log, WatchEvent.IN_MODIFY);
            }
            passAll(files, lines, first, sink);
          } while (watched != files.begun()
              || kernel.events().awaitReadable(LONG, inotify, pidfd) != 1);
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
