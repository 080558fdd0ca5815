package dev.brig.runtime.probe;

import dev.brig.linux.Errno;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/// What the probe has written to standard output: blocks, little-endian, one after the other.
///
/// | bytes | what |
/// |---|---|
/// | 0-3 | the letter that it answers, or `!` for one that failed |
/// | 4-7 | the number of batches that follow |
/// | 8-15 | operations in a batch; of `d` the type of the file system; of `!` the number of the call in the upper half and the errno in the lower |
/// | 32 for each batch | CLOCK_MONOTONIC at its beginning and its end, seconds and nanoseconds, 8 bytes each; of `h` and `z` only the first |
///
/// @param blocks the blocks in order
public record ProbeOutput(List<Block> blocks) {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;
  private static final int BATCHES_MAX = 1024;

  /// Copies the list.
  public ProbeOutput {
    blocks = List.copyOf(blocks);
  }

  /// A block.
  ///
  /// @param letter which letter it answers
  /// @param number as the table says
  /// @param batches the batches in order
  public record Block(char letter, long number, List<Batch> batches) {
    /// Copies the list.
    public Block {
      batches = List.copyOf(batches);
    }

    /// Returns the nanoseconds that each operation took, batch by batch.
    public double[] nanosPerOperation() {
      double[] nanos = new double[batches.size()];
      for (int i = 0; i < nanos.length; i++) {
        nanos[i] = (double) (batches.get(i).endNanos - batches.get(i).beginNanos) / number;
      }
      return nanos;
    }

    /// Returns the error of a letter that failed.
    public Errno errno() {
      return Errno.of((int) number);
    }
  }

  /// A batch.
  ///
  /// @param beginNanos the clock at its beginning
  /// @param endNanos the clock at its end
  public record Batch(long beginNanos, long endNanos) {}

  /// Reads what the probe wrote.
  ///
  /// @throws IllegalArgumentException if it is not a sequence of whole blocks
  public static ProbeOutput of(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    List<Block> blocks = new ArrayList<>();
    while (in.hasRemaining()) {
      require(in, ProbePlanner.HEADER_BYTES);
      int letter = in.getInt();
      int batches = in.getInt();
      long number = in.getLong();
      if (letter <= ' ' || letter > '~' || batches < 0 || batches > BATCHES_MAX) {
        throw new IllegalArgumentException("the probe wrote no block at byte " + in.position());
      }
      require(in, batches * ProbePlanner.BATCH_BYTES);
      List<Batch> list = new ArrayList<>();
      for (int i = 0; i < batches; i++) {
        list.add(new Batch(nanos(in), nanos(in)));
      }
      blocks.add(new Block((char) letter, number, list));
    }
    return new ProbeOutput(blocks);
  }

  private static void require(ByteBuffer in, int count) {
    if (in.remaining() < count) {
      throw new IllegalArgumentException("the probe's output ends at byte " + in.limit());
    }
  }

  private static long nanos(ByteBuffer in) {
    return in.getLong() * NANOS_PER_SECOND + in.getLong();
  }
}
