package dev.brig.image.layer;

import dev.brig.image.ImageException;
import dev.brig.image.layer.TarContent.Segment;
import java.util.ArrayList;
import java.util.List;

/// Where the data of a file with holes belong, in any of GNU tar's four notations.
///
/// @see <a href="https://www.gnu.org/software/tar/manual/html_section/Sparse-Formats.html">GNU tar,
///   "Storing Sparse Files"</a>
final class SparseMap {
  // A hole and a stretch of data each take a page at least; a real map is far smaller.
  private static final int SEGMENTS_MAX = 256 * 1024;
  private static final int NUMBER_LENGTH = 12;

  private final TarInput in;
  private final String archive;
  private final List<Segment> segments = new ArrayList<>();
  private long end;
  private long dataBytes;
  private long headerBytes;

  SparseMap(TarInput in, String archive) {
    this.in = in;
    this.archive = archive;
  }

  /// Returns the segments, checked and in order.
  List<Segment> segments() {
    return segments;
  }

  /// Returns how many bytes of the entry's data the map itself took.
  long headerBytes() {
    return headerBytes;
  }

  /// Reads the map that begins in the header and goes on in further blocks: type `S`.
  void readOldGnu(TarHeader header) {
    addFrom(header, 386, 4);
    boolean more = header.isSet(482);
    byte[] block = new byte[TarHeader.BLOCK];
    while (more) {
      if (!in.readBlock(block)) {
        throw in.truncated();
      }
      Block extension = new Block(block);
      extension.add();
      more = block[504] != 0 && block[504] != '0';
    }
  }

  // A block of the map that is no header: it has no checksum.
  private final class Block {
    private final byte[] block;

    Block(byte[] block) {
      this.block = block;
    }

    void add() {
      for (int i = 0; i < 21 && block[i * 24] != 0; i++) {
        SparseMap.this.add(number(i * 24), number(i * 24 + NUMBER_LENGTH));
      }
    }

    private long number(int offset) {
      return TarHeader.number(block, offset, NUMBER_LENGTH, () -> wrong("a number is missing"));
    }
  }

  private void addFrom(TarHeader header, int offset, int count) {
    for (int i = 0; i < count && header.isPresent(offset + i * 24); i++) {
      add(
          header.number(offset + i * 24, NUMBER_LENGTH, "sparse offset"),
          header.number(offset + i * 24 + NUMBER_LENGTH, NUMBER_LENGTH, "sparse length"));
    }
  }

  /// Takes the map from records: formats 0.0 and 0.1.
  void readRecords(PaxRecords pax) {
    List<Long> numbers = pax.sparseNumbers();
    String map = pax.text("GNU.sparse.map");
    if (map != null) {
      numbers = new ArrayList<>();
      int start = 0;
      while (start < map.length()) {
        int comma = map.indexOf(',', start);
        int stop = comma < 0 ? map.length() : comma;
        numbers.add(decimal(map, start, stop));
        start = stop + 1;
      }
    }
    if (numbers.size() % 2 != 0) {
      throw wrong("an offset without a length");
    }
    for (int i = 0; i < numbers.size(); i += 2) {
      add(numbers.get(i), numbers.get(i + 1));
    }
  }

  /// Reads the map that stands before the file's data: format 1.0.
  void readInline() {
    byte[] block = new byte[TarHeader.BLOCK];
    StringBuilder line = new StringBuilder(20);
    List<Long> numbers = new ArrayList<>();
    long wanted = 1;
    int at = TarHeader.BLOCK;
    while (numbers.size() < wanted) {
      if (at == TarHeader.BLOCK) {
        if (!in.readBlock(block)) {
          throw in.truncated();
        }
        headerBytes += TarHeader.BLOCK;
        at = 0;
      }
      char c = (char) (block[at++] & 0xff);
      if (c != '\n') {
        line.append(c);
        if (line.length() > 18) {
          throw wrong("a number is too long");
        }
        continue;
      }
      numbers.add(decimal(line.toString(), 0, line.length()));
      line.setLength(0);
      if (numbers.size() == 1) {
        checkCount(numbers.get(0));
        wanted = 1 + 2 * numbers.get(0);
      }
    }
    for (int i = 1; i < numbers.size(); i += 2) {
      add(numbers.get(i), numbers.get(i + 1));
    }
  }

  private long decimal(String text, int start, int stop) {
    if (start == stop || stop - start > 18) {
      throw wrong("a number is missing");
    }
    long number = 0;
    for (int i = start; i < stop; i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        throw wrong("something is not a number");
      }
      number = number * 10 + digit;
    }
    return number;
  }

  private void add(long offset, long length) {
    checkCount(segments.size());
    if (offset < end || length < 0 || offset + length < offset) {
      throw wrong("its parts overlap");
    }
    end = offset + length;
    dataBytes += length;
    // GNU tar marks a file that ends in a hole by an empty part at its end.
    if (length > 0) {
      segments.add(new Segment(offset, length));
    }
  }

  private void checkCount(long count) {
    if (count > SEGMENTS_MAX) {
      throw wrong("it has more than " + SEGMENTS_MAX + " parts");
    }
  }

  /// Checks the map against the sizes that the headers state.
  ///
  /// @param sizeBytes the file's size
  /// @param storedBytes how many bytes of data follow in the archive
  void check(long sizeBytes, long storedBytes) {
    if (end > sizeBytes || dataBytes != storedBytes) {
      throw wrong("it does not fit the file's size");
    }
  }

  private ImageException wrong(String finding) {
    return new ImageException(archive, "damaged map of a sparse file: " + finding, "");
  }
}
