package dev.brig.image.layer;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/// Decompresses bzip2: all streams that follow each other, and nothing else behind them but zeros.
///
/// A stream is blocks of at most 900,000 bytes, each of which was run-length encoded, sorted
/// (Burrows and Wheeler), moved to front and Huffman coded, with a checksum of its own. Blocks that
/// were randomised, as bzip2 0.9.0 and older did with repetitive data, are refused.
final class Bzip2Stream extends InputStream {
  private static final int BUFFER_BYTES = 64 * 1024;
  private static final long BLOCK_MARK = 0x3141_5926_5359L;
  private static final long END_MARK = 0x1772_4538_5090L;
  private static final int BLOCK_UNIT = 100_000;

  // A run of four equal bytes is followed by how many more there are.
  private static final int RUN_START = 4;

  private final Bits in;
  private final byte[] one = new byte[1];
  private int blockMax;
  private Bzip2Block block = Bzip2Block.NONE;
  private boolean ended;
  private int combinedCrc;
  private int crc;

  // Of the run-length code that the sorting was applied to.
  private int last = -1;
  private int equal;
  private int repeat;

  Bzip2Stream(InputStream in) {
    this.in = new Bits(in);
  }

  @Override
  public int read() throws IOException {
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    int at = offset;
    int end = offset + length;
    while (at < end && !ended) {
      int from = at;
      at = decode(target, at, end);
      for (int i = from; i < at; i++) {
        crc = crc << 8 ^ Bzip2Block.CRC[(crc >>> 24 ^ target[i]) & 0xff];
      }
      if (at < end && repeat == 0 && !block.hasNext()) {
        nextBlock();
      }
    }
    return at == offset && length > 0 ? -1 : at - offset;
  }

  // Fills the target as far as the present block goes.
  private int decode(byte[] target, int offset, int end) throws IOException {
    int at = offset;
    while (at < end) {
      if (repeat > 0) {
        target[at++] = (byte) last;
        repeat--;
      } else if (!block.hasNext()) {
        break;
      } else if (equal == RUN_START) {
        repeat = block.next();
        equal = 0;
      } else {
        int value = block.next();
        equal = value == last ? equal + 1 : 1;
        last = value;
        target[at++] = (byte) value;
      }
    }
    return at;
  }

  private void nextBlock() throws IOException {
    if (block != Bzip2Block.NONE) {
      if (~crc != block.crc()) {
        throw damaged("the checksum of a block is wrong");
      }
      combinedCrc = (combinedCrc << 1 | combinedCrc >>> 31) ^ ~crc;
    }
    if (blockMax == 0 && !startStream()) {
      throw new EOFException("no bzip2 data");
    }
    long mark = in.read(24) << 24 | in.read(24);
    while (mark == END_MARK) {
      if ((int) in.read(32) != combinedCrc) {
        throw damaged("the checksum of the whole is wrong");
      }
      in.align();
      block = Bzip2Block.NONE;
      if (!startStream()) {
        ended = true;
        return;
      }
      mark = in.read(24) << 24 | in.read(24);
    }
    if (mark != BLOCK_MARK) {
      throw damaged("no block where one has to be");
    }
    block = Bzip2Block.read(in, blockMax);
    crc = -1;
    last = -1;
    equal = 0;
  }

  // Tells whether another stream begins here.
  private boolean startStream() throws IOException {
    int start = in.readByteOrEnd();
    if (start < 0) {
      return false;
    }
    if (start == 0 && blockMax > 0) {
      in.skipZeros();
      return false;
    }
    long rest = in.read(24);
    int size = (int) (rest & 0xff) - '0';
    if (start != 'B' || rest >> 8 != ('Z' << 8 | 'h') || size < 1 || size > 9) {
      throw new IOException("something that is not bzip2 follows the bzip2 data");
    }
    blockMax = size * BLOCK_UNIT;
    combinedCrc = 0;
    return true;
  }

  static IOException damaged(String what) {
    return new IOException("damaged bzip2 data: " + what);
  }

  @Override
  public void close() throws IOException {
    in.in.close();
  }

  /// The compressed bytes as bits, the highest of each byte first.
  static final class Bits {
    private final InputStream in;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int next;
    private int end;
    private long bits;
    private int count;

    Bits(InputStream in) {
      this.in = in;
    }

    /// Returns the next bits as a number.
    ///
    /// @param wanted how many, at most 32
    long read(int wanted) throws IOException {
      while (count < wanted) {
        int value = nextByte();
        if (value < 0) {
          throw new EOFException("bzip2 data end too early");
        }
        bits = bits << 8 | value;
        count += 8;
      }
      count -= wanted;
      return bits >>> count & (1L << wanted) - 1;
    }

    /// Moves to the next byte's beginning.
    void align() {
      count -= count & 7;
    }

    /// Returns the next whole byte, or -1 at the end.
    int readByteOrEnd() throws IOException {
      return count >= 8 ? (int) read(8) : nextByte();
    }

    void skipZeros() throws IOException {
      int value = 0;
      while (value == 0) {
        value = readByteOrEnd();
      }
      if (value > 0) {
        throw new IOException("something that is not bzip2 follows the bzip2 data");
      }
    }

    private int nextByte() throws IOException {
      if (next == end) {
        end = Math.max(in.read(buffer, 0, buffer.length), 0);
        next = 0;
        if (end == 0) {
          return -1;
        }
      }
      return buffer[next++] & 0xff;
    }
  }
}
