package dev.brig.image.layer;

import dev.brig.linux.Fd;
import dev.brig.linux.FileCalls;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/// Writes to an open file, which its owner closes.
public final class FdOutput extends OutputStream {
  private static final int BUFFER_BYTES = 256 * 1024;

  private final FileCalls files;
  private final Fd fd;
  private final ByteBuffer direct = ByteBuffer.allocateDirect(BUFFER_BYTES);

  /// Makes a stream.
  ///
  /// @param files the calls
  /// @param fd what is written to
  public FdOutput(FileCalls files, Fd fd) {
    this.files = files;
    this.fd = fd;
  }

  @Override
  public void write(int b) {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] data, int offset, int length) {
    int at = offset;
    int end = offset + length;
    while (at < end) {
      int step = Math.min(end - at, BUFFER_BYTES);
      direct.clear().put(data, at, step).flip();
      files.writeAll(fd, direct);
      at += step;
    }
  }
}
