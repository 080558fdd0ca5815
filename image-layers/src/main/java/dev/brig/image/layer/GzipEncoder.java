package dev.brig.image.layer;

import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.Deflater;
import java.util.zip.DeflaterInputStream;

/// Compresses what is read through it by gzip, for layers that come in a form which no image may
/// hold. The same bytes give the same bytes: no name and no time is stored.
///
/// Compression is the fastest there is: whoever imports a root file system waits for it.
///
/// @see <a href="https://www.rfc-editor.org/rfc/rfc1952">RFC 1952</a>
public final class GzipEncoder extends InputStream {
  private static final int BUFFER_BYTES = 64 * 1024;

  // Deflate, no flags, no time, fastest, made by an unknown system.
  private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 4, (byte) 0xff};
  private static final int TRAILER_BYTES = 8;

  private final Deflater deflater = new Deflater(Deflater.BEST_SPEED, /* nowrap= */ true);
  private final CheckedInputStream content;
  private final InputStream deflated;
  private byte[] frame = HEADER;
  private int next;
  private boolean inBody;
  private boolean ended;

  /// Makes a stream of the compressed bytes.
  ///
  /// @param content what to compress; closed with this
  public GzipEncoder(InputStream content) {
    this.content = new CheckedInputStream(content, new CRC32());
    this.deflated = new DeflaterInputStream(this.content, deflater, BUFFER_BYTES);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (inBody) {
      int count = deflated.read(target, offset, length);
      if (count > 0) {
        return count;
      }
      inBody = false;
      ended = true;
      frame = trailer();
      next = 0;
    }
    int count = Math.min(length, frame.length - next);
    if (count == 0) {
      return -1;
    }
    System.arraycopy(frame, next, target, offset, count);
    next += count;
    inBody = !ended && next == frame.length;
    return count;
  }

  private byte[] trailer() {
    byte[] trailer = new byte[TRAILER_BYTES];
    long crc = content.getChecksum().getValue();
    long size = deflater.getBytesRead();
    for (int i = 0; i < 4; i++) {
      trailer[i] = (byte) (crc >>> (8 * i));
      trailer[4 + i] = (byte) (size >>> (8 * i));
    }
    return trailer;
  }

  @Override
  public void close() throws IOException {
    deflater.end();
    content.close();
  }
}
