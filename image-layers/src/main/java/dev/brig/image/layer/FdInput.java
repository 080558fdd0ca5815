package dev.brig.image.layer;

import dev.brig.linux.Fd;
import dev.brig.linux.FileCalls;
import java.io.InputStream;
import java.nio.ByteBuffer;

/// Reads an open file from its position on, so that it may be a pipe; its owner closes it.
public final class FdInput extends InputStream {
  private static final int BUFFER_BYTES = 256 * 1024;

  private final FileCalls files;
  private final Fd fd;
  private final ByteBuffer direct = ByteBuffer.allocateDirect(BUFFER_BYTES).limit(0);

  /// Makes a stream.
  ///
  /// @param files the calls
  /// @param fd what is read
  public FdInput(FileCalls files, Fd fd) {
    this.files = files;
    this.fd = fd;
  }

  @Override
  public int read() {
    return direct.hasRemaining() || fill() ? direct.get() & 0xff : -1;
  }

  @Override
  public int read(byte[] target, int offset, int length) {
    if (length == 0) {
      return 0;
    }
    if (!direct.hasRemaining() && !fill()) {
      return -1;
    }
    int count = Math.min(length, direct.remaining());
    direct.get(target, offset, count);
    return count;
  }

  private boolean fill() {
    direct.clear();
    int count = files.read(fd, direct);
    direct.flip();
    return count > 0;
  }
}
