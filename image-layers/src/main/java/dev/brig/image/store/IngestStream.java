package dev.brig.image.store;

import dev.brig.linux.FileCalls;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/// Writes what passes through it to a file: a blob is stored while it is unpacked, and read only
/// once.
final class IngestStream extends FilterInputStream {
  private final FileCalls files;
  private final Temporary target;
  private final ByteBuffer direct = ByteBuffer.allocateDirect(256 * 1024);

  IngestStream(InputStream in, FileCalls files, Temporary target) {
    super(in);
    this.files = files;
    this.target = target;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int count = in.read(buffer, offset, Math.min(length, direct.capacity()));
    if (count > 0) {
      direct.clear().put(buffer, offset, count).flip();
      files.writeAll(target.fd(), direct);
    }
    return count;
  }

  @Override
  public long skip(long wanted) throws IOException {
    return wanted <= 0 ? 0 : Math.max(read(new byte[(int) Math.min(wanted, 65536)]), 0);
  }

  @Override
  public boolean markSupported() {
    return false;
  }
}
