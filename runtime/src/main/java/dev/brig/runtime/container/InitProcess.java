package dev.brig.runtime.container;

import dev.brig.linux.Fd;
import dev.brig.linux.Kernel;
import dev.brig.linux.KernelException;
import dev.brig.linux.OpenFlag;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/// The first process of a container, held by a descriptor so that its number can't become
/// another's.
public final class InitProcess implements AutoCloseable {
  private static final int STAT_LENGTH_MAX = 4096;

  private final Kernel kernel;
  private final Fd pidfd;

  private InitProcess(Kernel kernel, Fd pidfd) {
    this.kernel = kernel;
    this.pidfd = pidfd;
  }

  /// Returns the process, or empty if it has ended.
  public static Optional<InitProcess> of(Kernel kernel, RunningProcesses processes) {
    if (!processes.isKnown()) {
      return Optional.empty();
    }
    Optional<Fd> pidfd = kernel.processes().pidfdOpen(processes.initPid());
    if (pidfd.isEmpty()) {
      return Optional.empty();
    }
    // Looked at after the descriptor was opened: if the start time is the recorded one, the number
    // was
    // not used again before, so the descriptor stands for the process that was recorded.
    if (startTime(kernel, processes.initPid()) != processes.initStartTime()) {
      pidfd.get().close();
      return Optional.empty();
    }
    return Optional.of(new InitProcess(kernel, pidfd.get()));
  }

  /// Returns the descriptor, owned by this.
  public Fd pidfd() {
    return pidfd;
  }

  private static long startTime(Kernel kernel, int pid) {
    Optional<Fd> stat =
        kernel.files().openIfPresent(Fd.CWD, "/proc/" + pid + "/stat", OpenFlag.O_RDONLY);
    if (stat.isEmpty()) {
      return -1;
    }
    try (Fd fd = stat.get()) {
      byte[] bytes = kernel.files().readAll(fd, STAT_LENGTH_MAX);
      return RunningProcesses.parse(new String(bytes, StandardCharsets.UTF_8)).initStartTime();
    } catch (KernelException _) {
      // ESRCH: it ended between the two calls.
      return -1;
    }
  }

  /// Tells whether the process has not ended. Everybody may ask, also who may send it no signal.
  public boolean isAlive() {
    return !awaitEnd(Duration.ZERO);
  }

  /// Sends a signal.
  ///
  /// @return false if the process has ended
  public boolean signal(int number) {
    return kernel.processes().pidfdSendSignal(pidfd, number);
  }

  /// Waits for the process to end.
  ///
  /// @return whether it has
  public boolean awaitEnd(Duration timeout) {
    return kernel.events().awaitReadable(timeout, pidfd) >= 0;
  }

  /// Gives the descriptor up; the process is not touched.
  @Override
  public void close() {
    pidfd.close();
  }
}
