package dev.brig.cli.build;

import dev.brig.cli.run.StepContainer;
import dev.brig.error.UsageException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/// What a ^C or a SIGTERM does to a build: the step that runs is ended, and this process goes away
/// only when the build has cleared up.
final class Interruption implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final AtomicReference<Optional<StepContainer>> running =
      new AtomicReference<>(Optional.empty());
  private final CountDownLatch cleared = new CountDownLatch(1);
  private final Thread hook = new Thread(this::interrupt, "interruption");
  private volatile boolean interrupted;

  Interruption() {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  private void interrupt() {
    interrupted = true;
    running.get().ifPresent(StepContainer::kill);
    try {
      var _ = cleared.await(LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Says which container runs, so that it can be ended.
  void runs(StepContainer step) {
    running.set(Optional.of(step));
    check();
  }

  /// Says that no container runs.
  void ran() {
    running.set(Optional.empty());
  }

  /// Ends the build if somebody asked for that.
  void check() {
    if (interrupted) {
      throw new UsageException("build", "interrupted", "");
    }
  }

  @Override
  public void close() {
    cleared.countDown();
    try {
      var _ = Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException _) {
      // This process is ending already, and the hook has just been let go: ignored.
    }
  }
}
