package dev.brig.image.layer;

import dev.brig.image.layer.Bzip2Stream.Bits;
import java.io.IOException;
import java.util.Arrays;

/// A block of bzip2 data, decoded but for the run-length code that the sorting was applied to.
final class Bzip2Block {
  /// The block before the first.
  static final Bzip2Block NONE = new Bzip2Block(0, new int[0], 0);

  /// The cyclic redundancy check of 0x04c11db7, the highest bit first.
  static final int[] CRC = crcTable();

  private static final int GROUP_SYMBOLS = 50;
  private static final int GROUPS_MAX = 6;
  private static final int CODE_LENGTH_MAX = 20;

  // More are never needed for 900,000 symbols; some compressors write more, and they are unused.
  private static final int SELECTORS_MAX = 18_002;

  private final int crc;

  // For each place in the sorted order: the byte there, and above it the place of the next one.
  private final int[] order;
  private int place;
  private int left;

  private Bzip2Block(int crc, int[] order, int length) {
    this.crc = crc;
    this.order = order;
    this.left = length;
  }

  /// Returns the checksum that the decoded block has to have.
  int crc() {
    return crc;
  }

  boolean hasNext() {
    return left > 0;
  }

  /// Returns the next byte.
  ///
  /// @throws IOException if there is none
  int next() throws IOException {
    if (left == 0) {
      throw Bzip2Stream.damaged("a block ends within a run");
    }
    left--;
    int entry = order[place];
    place = entry >>> 8;
    return entry & 0xff;
  }

  /// Reads a block, behind its mark.
  ///
  /// @param in the data
  /// @param lengthMax how many bytes it may have
  static Bzip2Block read(Bits in, int lengthMax) throws IOException {
    int crc = (int) in.read(32);
    if (in.read(1) != 0) {
      throw new IOException("a randomised block, which no bzip2 of this century writes");
    }
    int origin = (int) in.read(24);
    byte[] symbols = symbols(in);
    int alphabet = symbols.length + 2;
    int groups = (int) in.read(3);
    int selectorCount = (int) in.read(15);
    if (groups < 2 || groups > GROUPS_MAX || selectorCount == 0) {
      throw Bzip2Stream.damaged("wrong code tables");
    }
    byte[] selectors = selectors(in, groups, selectorCount);
    Code[] codes = new Code[groups];
    for (int i = 0; i < groups; i++) {
      codes[i] = Code.read(in, alphabet);
    }
    int[] order = new int[lengthMax];
    int length = new Symbols(in, codes, selectors, symbols).fill(order);
    if (origin >= length) {
      throw Bzip2Stream.damaged("a block that begins behind its end");
    }
    link(order, length);
    Bzip2Block block = new Bzip2Block(crc, order, length);
    block.place = order[origin] >>> 8;
    return block;
  }

  private static byte[] symbols(Bits in) throws IOException {
    int ranges = (int) in.read(16);
    byte[] symbols = new byte[256];
    int count = 0;
    for (int range = 0; range < 16; range++) {
      if ((ranges & 0x8000 >> range) != 0) {
        int used = (int) in.read(16);
        for (int i = 0; i < 16; i++) {
          if ((used & 0x8000 >> i) != 0) {
            symbols[count++] = (byte) (range * 16 + i);
          }
        }
      }
    }
    if (count == 0) {
      throw Bzip2Stream.damaged("a block without symbols");
    }
    return Arrays.copyOf(symbols, count);
  }

  private static byte[] selectors(Bits in, int groups, int count) throws IOException {
    byte[] front = {0, 1, 2, 3, 4, 5};
    byte[] selectors = new byte[Math.min(count, SELECTORS_MAX)];
    for (int i = 0; i < count; i++) {
      int at = 0;
      while (in.read(1) != 0) {
        at++;
        if (at >= groups) {
          throw Bzip2Stream.damaged("a code table that is not there");
        }
      }
      byte chosen = front[at];
      System.arraycopy(front, 0, front, 1, at);
      front[0] = chosen;
      if (i < selectors.length) {
        selectors[i] = chosen;
      }
    }
    return selectors;
  }

  // Undoes the sorting: the n-th of a byte's places in the sorted order comes before the n-th place
  // where the byte is.
  private static void link(int[] order, int length) {
    int[] start = new int[257];
    for (int i = 0; i < length; i++) {
      start[(order[i] & 0xff) + 1]++;
    }
    for (int i = 0; i < 256; i++) {
      start[i + 1] += start[i];
    }
    for (int i = 0; i < length; i++) {
      int value = order[i] & 0xff;
      order[start[value]++] |= i << 8;
    }
  }

  private static int[] crcTable() {
    int[] table = new int[256];
    for (int i = 0; i < table.length; i++) {
      int value = i << 24;
      for (int bit = 0; bit < 8; bit++) {
        value = value << 1 ^ (value < 0 ? 0x04c1_1db7 : 0);
      }
      table[i] = value;
    }
    return table;
  }

  /// The symbols of a block: zeros counted in base two, other places in the list of bytes that were
  /// used last.
  private static final class Symbols {
    private final Bits in;
    private final Code[] codes;
    private final byte[] selectors;
    private final byte[] front;
    private int read;

    Symbols(Bits in, Code[] codes, byte[] selectors, byte[] front) {
      this.in = in;
      this.codes = codes;
      this.selectors = selectors;
      this.front = front;
    }

    /// Writes the bytes, and returns how many there were.
    int fill(int[] target) throws IOException {
      int end = front.length + 1;
      int length = 0;
      int symbol = next();
      while (symbol != end) {
        if (symbol <= 1) {
          long run = 0;
          for (int weight = 0; symbol <= 1; weight++) {
            if (weight > 20) {
              throw Bzip2Stream.damaged("a run that is too long");
            }
            run += (symbol + 1L) << weight;
            symbol = next();
          }
          if (run > target.length - length) {
            throw tooLong();
          }
          Arrays.fill(target, length, length + (int) run, front[0] & 0xff);
          length += (int) run;
        } else {
          if (length == target.length) {
            throw tooLong();
          }
          int at = symbol - 1;
          byte value = front[at];
          System.arraycopy(front, 0, front, 1, at);
          front[0] = value;
          target[length++] = value & 0xff;
          symbol = next();
        }
      }
      return length;
    }

    private static IOException tooLong() {
      return Bzip2Stream.damaged("a block that is too long");
    }

    private int next() throws IOException {
      int group = read++ / GROUP_SYMBOLS;
      if (group >= selectors.length) {
        throw Bzip2Stream.damaged("more symbols than code tables for them");
      }
      return codes[selectors[group]].next(in);
    }
  }

  /// A Huffman code, by the lengths of its words.
  private static final class Code {
    // Of each length: the word behind the last one, and what to add to a word for its symbol's
    // place.
    private final int[] limit = new int[CODE_LENGTH_MAX + 1];
    private final int[] base = new int[CODE_LENGTH_MAX + 1];
    private final int[] symbols;

    Code(int[] lengths) {
      symbols = new int[lengths.length];
      int word = 0;
      int count = 0;
      for (int length = 1; length <= CODE_LENGTH_MAX; length++) {
        base[length] = count - word;
        for (int i = 0; i < lengths.length; i++) {
          if (lengths[i] == length) {
            symbols[count++] = i;
            word++;
          }
        }
        limit[length] = word;
        word <<= 1;
      }
    }

    static Code read(Bits in, int alphabet) throws IOException {
      int[] lengths = new int[alphabet];
      int length = (int) in.read(5);
      for (int i = 0; i < alphabet; i++) {
        while (in.read(1) != 0) {
          length += in.read(1) == 0 ? 1 : -1;
        }
        if (length < 1 || length > CODE_LENGTH_MAX) {
          throw Bzip2Stream.damaged("a code word that is too long");
        }
        lengths[i] = length;
      }
      return new Code(lengths);
    }

    int next(Bits in) throws IOException {
      int word = 0;
      for (int length = 1; length <= CODE_LENGTH_MAX; length++) {
        word = word << 1 | (int) in.read(1);
        if (word < limit[length]) {
          int at = word + base[length];
          if (at >= 0 && at < symbols.length) {
            return symbols[at];
          }
          break;
        }
      }
      throw Bzip2Stream.damaged("a code word that is none");
    }
  }
}
