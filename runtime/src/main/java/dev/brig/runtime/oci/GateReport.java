package dev.brig.runtime.oci;

import dev.brig.linux.Fd;
import dev.brig.linux.Kernel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/// What a container's process says when a step behind the gate fails.
///
/// @param step the number of the call
/// @param errno the number of the error
/// @param text what the step was for, and the call
public record GateReport(int step, int errno, String text) {
  private static final int LENGTH_MAX = 4096;
  private static final int HEADER_BYTES = 8;
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  /// Reads a report.
  ///
  /// @return nothing if the pipe was closed without one, or if nothing was said for very long
  static Optional<GateReport> read(Kernel kernel, Fd pipe) {
    if (kernel.events().awaitReadable(PATIENCE, pipe) < 0) {
      return Optional.empty();
    }
    ByteBuffer bytes = ByteBuffer.allocate(LENGTH_MAX).order(ByteOrder.LITTLE_ENDIAN);
    int count = kernel.files().read(pipe, bytes);
    if (count < HEADER_BYTES) {
      return Optional.empty();
    }
    String text =
        new String(bytes.array(), HEADER_BYTES, count - HEADER_BYTES, StandardCharsets.UTF_8);
    return Optional.of(new GateReport(bytes.getInt(0), bytes.getInt(4), text));
  }
}
