package dev.brig.image.store;

import dev.brig.error.BrigException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/// Transfers blobs, some at a time.
public final class Transfers {
  // What docker and podman open: more of them hurt registries and gain nothing.
  private static final int CONNECTIONS = 3;

  private Transfers() {}

  /// Runs all tasks.
  ///
  /// When one fails, nobody waits for the others: they may be waiting for a registry that stalls or
  /// for another process. They end where they are, or with this process.
  ///
  /// @return what they return, in their order
  /// @throws BrigException the first failure
  public static <T> List<T> run(List<Callable<T>> tasks) {
    ExecutorService threads =
        Executors.newFixedThreadPool(
            CONNECTIONS, work -> Thread.ofPlatform().daemon().name("transfer").unstarted(work));
    try {
      var ended = new ExecutorCompletionService<T>(threads);
      List<Future<T>> results = new ArrayList<>();
      for (Callable<T> task : tasks) {
        results.add(ended.submit(task));
      }
      for (int i = 0; i < tasks.size(); i++) {
        var _ = ended.take().get();
      }
      List<T> values = new ArrayList<>();
      for (Future<T> result : results) {
        values.add(result.resultNow());
      }
      return values;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof BrigException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while transferring", e);
    } finally {
      end(threads);
    }
  }

  private static void end(ExecutorService threads) {
    threads.shutdownNow();
    try {
      // Those that can end do so at once.
      var _ = threads.awaitTermination(2, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
