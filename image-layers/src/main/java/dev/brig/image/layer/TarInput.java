package dev.brig.image.layer;

import dev.brig.image.ImageException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/// The bytes of an archive with a position, read in large pieces so that what is below (a digest, a
/// decompressor) is called rarely.
final class TarInput {
  private static final int SIZE_BYTES = 256 * 1024;
  private static final int HEADER_BYTES = 512;

  private final InputStream in;
  private final String archive;
  private final byte[] buffer = new byte[SIZE_BYTES];
  private int next;
  private int end;
  private long position;

  TarInput(InputStream in, String archive) {
    this.in = in;
    this.archive = archive;
  }

  /// Returns how many bytes have been taken.
  long position() {
    return position;
  }

  /// Takes a block of 512 bytes, or nothing if the archive ends exactly here.
  ///
  /// @return whether there was one
  boolean readBlock(byte[] block) {
    int got = 0;
    while (got < block.length) {
      int count = read(block, got, block.length - got);
      if (count < 0) {
        if (got == 0) {
          return false;
        }
        throw truncated();
      }
      got += count;
    }
    return true;
  }

  /// Takes as many bytes as are at hand, at least one.
  ///
  /// @return how many, or -1 at the archive's end
  int read(byte[] target, int offset, int length) {
    if (length == 0) {
      return 0;
    }
    if (next == end && !fill()) {
      return -1;
    }
    int count = Math.min(length, end - next);
    System.arraycopy(buffer, next, target, offset, count);
    next += count;
    position += count;
    return count;
  }

  /// Takes exactly this many bytes.
  byte[] readExactly(int length) {
    byte[] bytes = new byte[length];
    if (length > 0 && !readBlock(bytes)) {
      throw truncated();
    }
    return bytes;
  }

  /// Passes over this many bytes.
  void skip(long count) {
    long left = count;
    while (left > 0) {
      if (next < end) {
        int step = (int) Math.min(left, end - next);
        next += step;
        position += step;
        left -= step;
      } else {
        left -= skipBelow(left);
      }
    }
  }

  /// Passes over this many bytes, or what there is of them.
  ///
  /// @return whether all were there
  boolean skipUnlessEnded(long count) {
    long left = count;
    while (left > 0 && (next < end || fill())) {
      int step = (int) Math.min(left, end - next);
      next += step;
      position += step;
      left -= step;
    }
    return left == 0;
  }

  private long skipBelow(long count) {
    try {
      // A file's stream skips by seeking, even beyond its end: the last byte has to be read.
      long skipped = count > SIZE_BYTES ? in.skip(count - 1) : 0;
      position += skipped;
      if (skipped == 0 && !fill()) {
        throw truncated();
      }
      return skipped;
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /// Reads to the end of the stream, so that what is below sees every byte.
  void drain() {
    do {
      position += end - next;
      next = end;
    } while (fill());
  }

  private boolean fill() {
    try {
      int count = in.read(buffer, 0, buffer.length);
      next = 0;
      end = Math.max(count, 0);
      return count > 0;
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private ImageException unreadable(IOException e) {
    if (e instanceof EOFException) {
      // Of a compressed archive: it may be longer than what came out of it.
      return cutOff();
    }
    String message = e.getMessage();
    return new ImageException(
        archive, "cannot be read: " + (message == null ? e.toString() : message), "", e);
  }

  ImageException truncated() {
    return position < HEADER_BYTES
        ? new ImageException(
            archive,
            "not an archive: it ends after "
                + position
                + " bytes, and a first header would have "
                + HEADER_BYTES,
            "")
        : cutOff();
  }

  private ImageException cutOff() {
    return new ImageException(
        archive,
        "the archive is cut off: there is less than it says",
        "get the file again, and compare its size with the original's");
  }
}
