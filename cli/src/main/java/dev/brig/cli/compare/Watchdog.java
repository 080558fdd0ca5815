package dev.brig.cli.compare;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;

/// Ends processes that take too long, with all that they have started.
final class Watchdog implements AutoCloseable {
  private static final long END_NANOS = 3_000_000_000L;

  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "watchdog");
        thread.setDaemon(true);
        return thread;
      });

  private final ReentrantLock starting = new ReentrantLock();
  private final List<Process> running = new ArrayList<>();

  /// Starts a process, unless that is forbidden: then it never returns.
  Process start(ProcessBuilder builder) throws IOException {
    starting.lock();
    try {
      Process process = builder.start();
      running.removeIf(known -> !known.isAlive());
      running.add(process);
      return process;
    } finally {
      starting.unlock();
    }
  }

  /// Lets no further process start, since this one is ending, and lets those that run end by
  /// themselves: with their standard input.
  @SuppressWarnings("LockNotBeforeTry") // held until the end of this process
  void forbid() {
    starting.lock();
    for (Process process : running) {
      try {
        process.getOutputStream().close();
      } catch (IOException _) {
        // It has ended already: ignored.
      }
    }
  }

  /// A process that is being watched.
  interface Watch extends AutoCloseable {
    @Override
    void close();
  }

  /// Watches a process until the watch is closed.
  Watch watch(Process process, int limitSeconds) {
    Future<?> end =
        clock.schedule(() -> destroy(process.toHandle()), limitSeconds, TimeUnit.SECONDS);
    return () -> end.cancel(/* mayInterruptIfRunning= */ false);
  }

  /// Ends a process and all that it has started.
  static void destroy(ProcessHandle process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    var _ = process.destroyForcibly();
  }

  /// Waits a while for all processes that descend from this one, and ends those that are left:
  /// podman keeps one for an ordinary user, and would for ever.
  static void endAll() {
    long end = System.nanoTime() + END_NANOS;
    for (ProcessHandle process : ProcessHandle.current().descendants().toList()) {
      long left = Math.max(1, end - System.nanoTime());
      try {
        var _ = process.onExit().get(left, TimeUnit.NANOSECONDS);
      } catch (TimeoutException | ExecutionException _) {
        destroy(process);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        destroy(process);
      }
    }
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
