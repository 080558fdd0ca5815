package dev.brig.image.erofs;

import dev.brig.image.ImageException;
import java.util.Arrays;

/// Writes the contents of one regular file as they come.
///
/// Stretches of zeros become holes of a chunk-based inode and not blocks of zeros: an image is read
/// as a whole to be verified, and a file of zeros would cost that time though no space. A chunk is
/// 64 KiB, or more where a file would have very many: a table of all its chunks lies behind its
/// inode.
public final class FileWriter {
  private static final int UNIT_BITS = 16;
  private static final int UNIT = 1 << UNIT_BITS;
  private static final int CHUNK_BITS_MAX = Format.BLOCK_BITS + 31;
  private static final byte[] ZEROS = new byte[UNIT];

  private final BlockOutput out;
  private final TailBudget tails;
  private final long sizeBytes;
  private final int chunkBits;
  private long at;
  private int inUnit;

  // Zeros at the current chunk's beginning that have not been written: it may become a hole.
  private long pending;
  private boolean started;
  private byte[] tail = {};
  private long[] runs = new long[2];
  private int runsUsed;

  FileWriter(BlockOutput out, TailBudget tails, long sizeBytes, int chunkBits) {
    this.out = out;
    this.tails = tails;
    this.sizeBytes = sizeBytes;
    this.chunkBits = chunkBits;
  }

  /// Returns the size of the chunks of a file.
  ///
  /// @param segments how many stretches of data a file has whose holes were told, or -1: only then
  ///   is the table bounded by what an archive really holds, and not by what it claims
  /// @throws ImageException if the file is larger than any chunks can make it
  static int chunkBits(long sizeBytes, int segments) {
    int bits = UNIT_BITS;
    long most = 256 + 8L * segments;
    while (segments >= 0 && sizeBytes >> bits > most) {
      bits++;
    }
    if (bits > CHUNK_BITS_MAX) {
      throw new ImageException("", "a file of " + sizeBytes + " bytes that has none of them", "");
    }
    return bits;
  }

  /// Adds data.
  public void write(byte[] bytes, int offset, int length) {
    int from = offset;
    int left = length;
    while (left > 0) {
      if (inUnit == 0) {
        out.need(UNIT);
      }
      int step = Math.min(left, UNIT - inUnit);
      out.write(bytes, from, step);
      from += step;
      left -= step;
      inUnit += step;
      at += step;
      if (inUnit == UNIT || at == sizeBytes) {
        finishUnit();
      }
    }
  }

  /// Adds a hole.
  public void hole(long lengthBytes) {
    long left = lengthBytes;
    while (left > 0) {
      long chunk = 1L << chunkBits;
      if (inUnit == 0 && (at & (chunk - 1)) == 0 && left >= chunk) {
        long count = left >>> chunkBits;
        addRun(count, Format.NULL_BLOCK);
        at += count << chunkBits;
        left -= count << chunkBits;
      } else if (inUnit == 0 && left >= UNIT) {
        at += UNIT;
        addZeros(UNIT);
        left -= UNIT;
      } else {
        int step = (int) Math.min(left, UNIT - inUnit);
        write(ZEROS, 0, step);
        left -= step;
      }
    }
  }

  private void finishUnit() {
    int length = inUnit;
    inUnit = 0;
    if (sizeBytes >= UNIT && out.isZero(length)) {
      out.rewind(length);
      addZeros(length);
      return;
    }
    if (pending > 0) {
      byte[] unit = out.take(length);
      start(out.position());
      out.zeros(pending);
      pending = 0;
      out.need(UNIT);
      out.write(unit, 0, length);
    } else if (!started) {
      start(out.position() - length);
    }
    finishChunk();
  }

  private void start(long position) {
    started = true;
    addRun(1, position >>> Format.BLOCK_BITS);
  }

  private void addZeros(int length) {
    if (started) {
      out.zeros(length);
    } else {
      pending += length;
    }
    finishChunk();
  }

  private void finishChunk() {
    boolean last = at == sizeBytes;
    if (!last && (at & ((1L << chunkBits) - 1)) != 0) {
      return;
    }
    if (!started) {
      addRun(1, Format.NULL_BLOCK);
    } else if (last) {
      finishData();
    }
    started = false;
    pending = 0;
  }

  private void finishData() {
    int rest = (int) (out.position() & (Format.BLOCK - 1));
    if (runsUsed == 2 && rest == (sizeBytes & (Format.BLOCK - 1)) && tails.grant(rest)) {
      tail = out.take(rest);
    } else {
      out.align();
    }
  }

  // Chunks that lie behind each other are one run.
  private void addRun(long count, long block) {
    if (runsUsed > 0) {
      long before = runs[runsUsed - 2];
      long from = runs[runsUsed - 1];
      boolean holes = block == Format.NULL_BLOCK && from == block;
      boolean behind =
          block != Format.NULL_BLOCK
              && from != Format.NULL_BLOCK
              && from + (before << (chunkBits - Format.BLOCK_BITS)) == block;
      if (holes || behind) {
        runs[runsUsed - 2] += count;
        return;
      }
    }
    if (runsUsed == runs.length) {
      runs = Arrays.copyOf(runs, 2 * runs.length);
    }
    runs[runsUsed] = count;
    runs[runsUsed + 1] = block;
    runsUsed += 2;
  }

  /// Returns where the contents are, all of which have been added.
  public FileContent finish() {
    if (at != sizeBytes) {
      throw new IllegalStateException(at + " bytes of a file of " + sizeBytes);
    }
    if (runsUsed == 0) {
      return new FileContent.Flat(0, 0, tail);
    }
    boolean flat = runsUsed == 2 && runs[1] != Format.NULL_BLOCK;
    return flat
        ? new FileContent.Flat(sizeBytes, runs[1], tail)
        : new FileContent.Chunked(sizeBytes, chunkBits, Arrays.copyOf(runs, runsUsed));
  }
}
