package dev.brig.cli.compare;

import dev.brig.cli.compare.result.Metric;
import dev.brig.error.BrigException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Several instances of an arm at the same time.
///
/// @param runner what runs arms
record Crowd(Runner runner) {
  private static final long SPAN_NANOS = 300_000_000L;
  private static final double SECOND_NANOS = 1e9;

  /// Returns how many starts with their ends come to a second.
  ///
  /// @param concurrency how many at a time; each goes on for a while, and once at least
  double perSecond(Rung rung, int concurrency) {
    long begin = System.nanoTime();
    Callable<Integer> starts =
        () -> {
          int count = 0;
          do {
            var _ = runner.run(rung, "hz");
            count++;
          } while (System.nanoTime() - begin < SPAN_NANOS);
          return count;
        };
    int count = 0;
    try (ExecutorService threads = Executors.newFixedThreadPool(concurrency)) {
      List<Future<Integer>> running = new ArrayList<>();
      for (int i = 0; i < concurrency; i++) {
        running.add(threads.submit(starts));
      }
      for (Future<Integer> one : running) {
        count += one.get();
      }
    } catch (ExecutionException e) {
      throw e.getCause() instanceof BrigException failed ? failed : new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    return count * SECOND_NANOS / (System.nanoTime() - begin);
  }

  /// Returns how many times as long arithmetic takes beside busy instances as alone.
  ///
  /// @param count how many busy ones
  /// @return none if the probe did not say
  OptionalDouble slowdown(Rung rung, int count) {
    char letter = Metric.NEIGHBOUR.letter();
    List<Process> busy = new ArrayList<>();
    try {
      // Who is preempted is so between most batches: their median would not know of it.
      OptionalDouble alone = runner.run(rung, "h" + letter).spanNanos(letter);
      runner.startAll(rung, "k", count, busy);
      OptionalDouble beside = runner.run(rung, "h" + letter).spanNanos(letter);
      return alone.isPresent() && beside.isPresent()
          ? OptionalDouble.of(beside.getAsDouble() / alone.getAsDouble())
          : OptionalDouble.empty();
    } finally {
      runner.stop(busy);
    }
  }
}
