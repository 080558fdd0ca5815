package dev.brig.cli.compare;

import dev.brig.cli.compare.result.Metric;
import dev.brig.cli.compare.statistics.Order;
import dev.brig.runtime.probe.ProbeOutput;
import dev.brig.runtime.probe.ProbeOutput.Block;
import dev.brig.runtime.probe.ProbePlanner;
import java.util.OptionalDouble;

/// One run of the probe, timed by the host's clock.
///
/// @param output what it wrote
/// @param startNanos from the start of the command to the first byte
/// @param stopNanos from the last byte to the end of the command
/// @param lifeNanos from the first byte to the last
record Run(ProbeOutput output, long startNanos, long stopNanos, long lifeNanos) {

  /// How long a life must be to tell clocks apart: reading its first byte takes a while, too.
  private static final long LIFE_NANOS_MIN = 50_000_000L;

  /// Returns what the probe says of a metric, in the metric's unit; the median of its batches.
  OptionalDouble value(Metric metric) {
    OptionalDouble nanos = nanosPerOperation(metric.letter());
    if (nanos.isEmpty() || !metric.isProbes()) {
      return OptionalDouble.empty();
    }
    // Bytes per nanosecond are gigabytes per second.
    return OptionalDouble.of(
        switch (metric) {
          case COPY -> ProbePlanner.COPY_BYTES / nanos.getAsDouble();
          case BULK -> ProbePlanner.CHUNK_BYTES / nanos.getAsDouble();
          default -> nanos.getAsDouble() / metric.scale();
        });
  }

  /// Returns how long an operation took: the median of the batches.
  OptionalDouble nanosPerOperation(char letter) {
    for (Block block : output.blocks()) {
      if (block.letter() == letter && block.batches().size() > 1) {
        return OptionalDouble.of(Order.median(block.nanosPerOperation()));
      }
    }
    return OptionalDouble.empty();
  }

  /// Returns how long all batches of a letter took, waits between and within them included.
  OptionalDouble spanNanos(char letter) {
    for (Block block : output.blocks()) {
      if (block.letter() == letter && block.batches().size() > 1) {
        long begin = block.batches().getFirst().beginNanos();
        return OptionalDouble.of((double) (block.batches().getLast().endNanos() - begin));
      }
    }
    return OptionalDouble.empty();
  }

  /// Returns by how much the probe's clock differs from the host's over its life, as a share; none
  /// if it told the time only once or did not live long enough.
  OptionalDouble clockDifference() {
    long first = 0;
    long last = 0;
    for (Block block : output.blocks()) {
      if (block.letter() == 'h') {
        first = block.batches().getFirst().beginNanos();
      } else if (block.letter() == 'z') {
        last = block.batches().getFirst().beginNanos();
      }
    }
    return first == 0 || last <= first || lifeNanos < LIFE_NANOS_MIN
        ? OptionalDouble.empty()
        : OptionalDouble.of(Math.abs((double) (last - first) / lifeNanos - 1));
  }

  /// Returns the number of a block: `d` has the type of the file system.
  long number(char letter) {
    for (Block block : output.blocks()) {
      if (block.letter() == letter) {
        return block.number();
      }
    }
    return 0;
  }

  /// Returns the name of the first error that a letter came to, or the empty string.
  String failure() {
    for (Block block : output.blocks()) {
      if (block.letter() == '!') {
        return block.errno().name();
      }
    }
    return "";
  }
}
