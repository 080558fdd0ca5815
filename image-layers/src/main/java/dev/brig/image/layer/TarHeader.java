package dev.brig.image.layer;

import dev.brig.image.ImageException;
import dev.brig.linux.KernelText;
import java.util.function.Supplier;

/// The fields of one 512-byte header block.
///
/// @see <a href="https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html">pax, "ustar
///   Interchange Format"</a>
/// @see <a href="https://www.gnu.org/software/tar/manual/html_node/Standard.html">GNU tar, "Basic
///   Tar Format"</a>
final class TarHeader {
  static final int BLOCK = 512;

  private static final int CHECKSUM = 148;
  private static final int CHECKSUM_END = 156;
  private static final int TYPE = 156;
  private static final int MAGIC = 257;

  private final byte[] block;
  private final String archive;
  private final long position;

  /// Wraps a block that is not all zeros.
  ///
  /// @param block the header; shared, valid until the next block is read into it
  /// @param archive what to call the archive in messages
  /// @param position where in the archive the block begins
  /// @throws ImageException if the checksum does not match: this is no header
  TarHeader(byte[] block, String archive, long position) {
    this.block = block;
    this.archive = archive;
    this.position = position;
    checkSum();
  }

  static boolean isZero(byte[] block) {
    for (byte b : block) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  // Some old programs summed signed bytes; both sums are accepted, as all readers do.
  private void checkSum() {
    long unsigned = 0;
    long signed = 0;
    for (int i = 0; i < BLOCK; i++) {
      int b = i >= CHECKSUM && i < CHECKSUM_END ? ' ' : block[i];
      unsigned += b & 0xff;
      signed += b;
    }
    long stated = number(block, CHECKSUM, CHECKSUM_END - CHECKSUM, this::noHeader);
    if (stated != unsigned && stated != signed) {
      throw noHeader();
    }
  }

  private ImageException noHeader() {
    return position == 0
        ? new ImageException(archive, "not a tar archive", "")
        : wrong("the header's checksum is wrong: damaged data");
  }

  char type() {
    return (char) (block[TYPE] & 0xff);
  }

  /// Returns the name, the prefix of POSIX archives put before it.
  String name() {
    String name = text(0, 100);
    if (!isPosix()) {
      return name;
    }
    // Schily's star keeps times where others keep the prefix's last bytes, and signs the block's
    // end.
    boolean star = block[508] == 't' && block[509] == 'a' && block[510] == 'r' && block[511] == 0;
    String prefix = text(345, star ? 131 : 155);
    return prefix.isEmpty() ? name : prefix + "/" + name;
  }

  String linkName() {
    return text(157, 100);
  }

  int mode() {
    return (int) (number(100, 8, "mode") & 07777);
  }

  long uid() {
    return number(108, 8, "uid");
  }

  long gid() {
    return number(116, 8, "gid");
  }

  long size() {
    return number(124, 12, "size");
  }

  long mtime() {
    return number(136, 12, "mtime");
  }

  long deviceMajor() {
    return hasMagic() ? number(329, 8, "devmajor") : 0;
  }

  long deviceMinor() {
    return hasMagic() ? number(337, 8, "devminor") : 0;
  }

  // "ustar\0" is POSIX, "ustar  \0" GNU, which uses the prefix for other things; anything else is
  // the
  // format of Unix V7, which ends before.
  private boolean hasMagic() {
    return block[MAGIC] == 'u'
        && block[MAGIC + 1] == 's'
        && block[MAGIC + 2] == 't'
        && block[MAGIC + 3] == 'a'
        && block[MAGIC + 4] == 'r';
  }

  private boolean isPosix() {
    return hasMagic() && block[MAGIC + 5] == 0;
  }

  /// Returns the text of a field: up to a NUL or the field's end.
  String text(int offset, int length) {
    int end = offset;
    while (end < offset + length && block[end] != 0) {
      end++;
    }
    return KernelText.decode(block, offset, end - offset);
  }

  boolean isSet(int offset) {
    return block[offset] != 0 && block[offset] != '0';
  }

  boolean isPresent(int offset) {
    return block[offset] != 0;
  }

  /// Returns a number in octal digits, or in GNU's base 256 if the first bit is set.
  ///
  /// @throws ImageException if it is neither, or does not fit 63 bits
  long number(int offset, int length, String field) {
    return number(block, offset, length, () -> wrong("the header's " + field + " is not a number"));
  }

  /// Returns the number in a field of any block.
  static long number(byte[] block, int offset, int length, Supplier<ImageException> wrong) {
    if ((block[offset] & 0x80) != 0) {
      return base256(block, offset, length, wrong);
    }
    int i = offset;
    int end = offset + length;
    while (i < end && block[i] == ' ') {
      i++;
    }
    long value = 0;
    for (; i < end && block[i] != 0 && block[i] != ' '; i++) {
      int digit = block[i] - '0';
      if (digit < 0 || digit > 7 || value >>> 60 != 0) {
        throw wrong.get();
      }
      value = value << 3 | digit;
    }
    return value;
  }

  // Two's complement, big-endian, without the bit that marks it; the next bit is the sign.
  private static long base256(
      byte[] block, int offset, int length, Supplier<ImageException> wrong) {
    long value = (block[offset] & 0x40) != 0 ? -1 : 0;
    for (int i = offset; i < offset + length; i++) {
      int b = i == offset ? (block[i] & 0x7f) | (value < 0 ? 0x80 : 0) : block[i] & 0xff;
      if (value >> 55 != value >> 63) {
        throw wrong.get();
      }
      value = value << 8 | b;
    }
    return value;
  }

  ImageException wrong(String finding) {
    return new ImageException(archive, finding + " (byte " + position + ")", "");
  }
}
