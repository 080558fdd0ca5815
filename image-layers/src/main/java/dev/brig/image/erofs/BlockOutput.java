package dev.brig.image.erofs;

import dev.brig.image.Digest;
import dev.brig.image.ImageException;
import dev.brig.linux.Fd;
import dev.brig.linux.FileCalls;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;

/// Writes an image from its second block on, in order and in large pieces, and computes the digest
/// of what it writes meanwhile. The first block, which is known last, is written last.
final class BlockOutput {
  private static final int CAPACITY = 512 * 1024;
  private static final byte[] ZEROS = new byte[64 * 1024];

  private final FileCalls files;
  private final Fd fd;
  private final long sizeMaxBytes;
  private final MessageDigest digest = Digest.newSha256();
  private final byte[] buffer = new byte[CAPACITY];
  private final ByteBuffer direct = ByteBuffer.allocateDirect(CAPACITY);
  private int used;

  // Where in the file the buffer's first byte belongs.
  private long start = Format.BLOCK;

  BlockOutput(FileCalls files, Fd fd, long sizeMaxBytes) {
    this.files = files;
    this.fd = fd;
    this.sizeMaxBytes = sizeMaxBytes;
  }

  /// Returns where in the file the next byte will be.
  long position() {
    return start + used;
  }

  /// Makes room, so that the next bytes, as many as this, stay in the buffer for [#isZero], [#take]
  /// and [#rewind].
  void need(int count) {
    if (CAPACITY - used < count) {
      flush();
    }
  }

  void write(byte[] bytes, int offset, int length) {
    int at = offset;
    int left = length;
    while (left > 0) {
      need(1);
      int step = Math.min(left, CAPACITY - used);
      System.arraycopy(bytes, at, buffer, used, step);
      used += step;
      at += step;
      left -= step;
    }
  }

  /// Writes zeros; many of them become a hole of the file.
  void zeros(long count) {
    long left = count;
    if (left >= ZEROS.length) {
      flush();
      check(start + left);
      start += left;
      while (left > 0) {
        int step = (int) Math.min(left, ZEROS.length);
        digest.update(ZEROS, 0, step);
        left -= step;
      }
    } else {
      write(ZEROS, 0, (int) left);
    }
  }

  /// Writes zeros up to the next block.
  void align() {
    zeros(-position() & (Format.BLOCK - 1));
  }

  /// Tells whether the last bytes are zeros.
  boolean isZero(int count) {
    return buffer[used - count] == 0 && Arrays.equals(buffer, used - count, used, ZEROS, 0, count);
  }

  /// Returns the last bytes and takes them back.
  byte[] take(int count) {
    used -= count;
    return Arrays.copyOfRange(buffer, used, used + count);
  }

  /// Takes the last bytes back.
  void rewind(int count) {
    used -= count;
  }

  private void flush() {
    check(start + used);
    digest.update(buffer, 0, used);
    direct.clear().put(buffer, 0, used).flip();
    while (direct.hasRemaining()) {
      start += files.pwrite(fd, direct, start);
    }
    used = 0;
  }

  private void check(long size) {
    if (size > sizeMaxBytes) {
      throw new ImageException("", "more than " + sizeMaxBytes + " bytes unpacked, the limit", "");
    }
  }

  /// Stores what is left.
  ///
  /// @return the digest of all that was written
  byte[] finishBody() {
    flush();
    return clone(digest).digest();
  }

  /// Stores the first block.
  ///
  /// @return the digest of all other blocks and then this one
  byte[] finish(byte[] first) {
    direct.clear().put(first).flip();
    long at = 0;
    while (direct.hasRemaining()) {
      at += files.pwrite(fd, direct, at);
    }
    digest.update(first);
    return digest.digest();
  }

  private static MessageDigest clone(MessageDigest digest) {
    try {
      return (MessageDigest) digest.clone();
    } catch (CloneNotSupportedException e) {
      // The JDK's own SHA-256 can be cloned.
      throw new IllegalStateException(e);
    }
  }
}
