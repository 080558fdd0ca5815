package dev.brig.image.layer;

import dev.brig.linux.Fd;
import dev.brig.linux.FileCalls;
import java.io.InputStream;
import java.nio.ByteBuffer;

/// The bytes of an open file or of a stretch of it. Does not move the descriptor's position, so
/// that several may read one descriptor.
public final class FdStream extends InputStream {
  private static final int BUFFER_BYTES = 256 * 1024;

  private final FileCalls files;
  private final Fd fd;
  private final long end;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES).limit(0);
  private long position;

  /// Makes a stream of a stretch of a file.
  ///
  /// @param files the calls
  /// @param fd the file, closed by whoever opened it
  /// @param start where the stretch begins
  /// @param lengthBytes how long it is; the stream ends earlier if the file does
  public FdStream(FileCalls files, Fd fd, long start, long lengthBytes) {
    this.files = files;
    this.fd = fd;
    this.position = start;
    this.end = Math.addExact(start, lengthBytes);
  }

  /// Makes a stream of a whole file.
  ///
  /// @param files the calls
  /// @param fd the file, closed by whoever opened it
  public FdStream(FileCalls files, Fd fd) {
    this(files, fd, 0, Long.MAX_VALUE);
  }

  @Override
  public int read() {
    return buffer.hasRemaining() || fill() ? buffer.get() & 0xff : -1;
  }

  @Override
  public int read(byte[] target, int offset, int length) {
    if (length == 0) {
      return 0;
    }
    if (!buffer.hasRemaining() && !fill()) {
      return -1;
    }
    int count = Math.min(length, buffer.remaining());
    buffer.get(target, offset, count);
    return count;
  }

  /// Moves on without reading, up to the end of the stretch, even if the file ends before.
  @Override
  public long skip(long count) {
    long step = Math.clamp(count, 0, end - position + buffer.remaining());
    if (step <= buffer.remaining()) {
      buffer.position(buffer.position() + (int) step);
    } else {
      position += step - buffer.remaining();
      buffer.limit(0);
    }
    return step;
  }

  private boolean fill() {
    buffer.clear();
    buffer.limit((int) Math.min(BUFFER_BYTES, end - position));
    int count = buffer.hasRemaining() ? files.pread(fd, buffer, position) : 0;
    buffer.flip();
    position += count;
    return count > 0;
  }
}
