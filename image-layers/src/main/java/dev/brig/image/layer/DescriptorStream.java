package dev.brig.image.layer;

import dev.brig.linux.Fd;
import dev.brig.linux.FileCalls;
import java.io.InputStream;
import java.nio.ByteBuffer;

/// The bytes of a descriptor from its position on: of a pipe, which has no other way to be read.
public final class DescriptorStream extends InputStream {
  private final FileCalls files;
  private final Fd fd;
  private final ByteBuffer direct = ByteBuffer.allocateDirect(256 * 1024);

  /// Makes a stream.
  ///
  /// @param files the calls
  /// @param fd what to read, closed by whoever opened it
  public DescriptorStream(FileCalls files, Fd fd) {
    this.files = files;
    this.fd = fd;
  }

  @Override
  public int read() {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) {
    if (length == 0) {
      return 0;
    }
    direct.clear().limit(Math.min(length, direct.capacity()));
    int count = files.read(fd, direct);
    direct.flip().get(target, offset, count);
    return count == 0 ? -1 : count;
  }
}
