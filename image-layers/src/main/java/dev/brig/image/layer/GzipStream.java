package dev.brig.image.layer;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// Decompresses gzip: all members, and nothing else behind them but zeros.
///
/// The JDK's own stream takes anything behind the last member for the end and ignores it, so that
/// two readers could see two layers in one blob.
///
/// @see <a href="https://www.rfc-editor.org/rfc/rfc1952">RFC 1952</a>
final class GzipStream extends InputStream {
  private static final int BUFFER_BYTES = 256 * 1024;
  private static final int FHCRC = 2;
  private static final int FEXTRA = 4;
  private static final int FNAME = 8;
  private static final int FCOMMENT = 16;
  private static final int RESERVED = 0xe0;

  private final InputStream in;
  private final Inflater inflater = new Inflater(true);
  private final CRC32 crc = new CRC32();
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int next;
  private int end;
  private boolean started;
  private boolean inMember;
  private boolean ended;

  GzipStream(InputStream in) {
    this.in = in;
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
    while (!ended) {
      if (!inMember && !readHeader()) {
        ended = true;
        break;
      }
      int count = inflate(target, offset, length);
      if (count > 0) {
        return count;
      }
    }
    return -1;
  }

  // Returns zero at the end of a member, whose trailer has been checked then.
  private int inflate(byte[] target, int offset, int length) throws IOException {
    try {
      while (true) {
        int count = inflater.inflate(target, offset, length);
        if (count > 0) {
          crc.update(target, offset, count);
          return count;
        }
        if (inflater.finished()) {
          next = end - inflater.getRemaining();
          checkTrailer();
          inMember = false;
          return 0;
        }
        if (inflater.needsDictionary()) {
          throw new IOException("damaged gzip data: a preset dictionary");
        }
        if (!fill()) {
          throw new EOFException("gzip data end too early");
        }
        inflater.setInput(buffer, next, end - next);
        next = end;
      }
    } catch (DataFormatException e) {
      String message = e.getMessage();
      throw new IOException("damaged gzip data: " + (message == null ? "wrong code" : message), e);
    }
  }

  private void checkTrailer() throws IOException {
    long storedCrc = littleEndian(4);
    long storedSize = littleEndian(4);
    if (storedCrc != crc.getValue() || storedSize != (inflater.getBytesWritten() & 0xffff_ffffL)) {
      throw new IOException("damaged gzip data: the checksum is wrong");
    }
  }

  private boolean readHeader() throws IOException {
    boolean first = !started;
    started = true;
    int magic = more() ? readByte() : -1;
    if (magic < 0) {
      if (first) {
        throw new EOFException("no gzip data");
      }
      return false;
    }
    if (magic == 0 && !first) {
      // Padding to a block's end, as tapes had it.
      skipZeros();
      return false;
    }
    if (magic != 0x1f || readByte() != 0x8b) {
      throw new IOException("something that is not gzip follows the gzip data");
    }
    if (readByte() != 8) {
      throw new IOException("gzip data of an unknown method");
    }
    int flags = readByte();
    if ((flags & RESERVED) != 0) {
      throw new IOException("gzip data with unknown flags");
    }
    // Time, extra flags, operating system.
    skip(6);
    if ((flags & FEXTRA) != 0) {
      skip((int) littleEndian(2));
    }
    skipText(flags & FNAME);
    skipText(flags & FCOMMENT);
    if ((flags & FHCRC) != 0) {
      skip(2);
    }
    startMember();
    return true;
  }

  private void startMember() {
    inflater.reset();
    inflater.setInput(buffer, next, end - next);
    next = end;
    crc.reset();
    inMember = true;
  }

  private void skipText(int flag) throws IOException {
    if (flag != 0) {
      int c;
      do {
        c = readByte();
      } while (c != 0);
    }
  }

  private void skip(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      var _ = readByte();
    }
  }

  private void skipZeros() throws IOException {
    while (more()) {
      if (readByte() != 0) {
        throw new IOException("something that is not gzip follows the gzip data");
      }
    }
  }

  private long littleEndian(int count) throws IOException {
    long value = 0;
    for (int i = 0; i < count; i++) {
      value |= (long) readByte() << (8 * i);
    }
    return value;
  }

  private int readByte() throws IOException {
    if (!more()) {
      throw new EOFException("gzip data end too early");
    }
    return buffer[next++] & 0xff;
  }

  private boolean more() throws IOException {
    return next < end || fill();
  }

  private boolean fill() throws IOException {
    int count = in.read(buffer, 0, buffer.length);
    next = 0;
    end = Math.max(count, 0);
    return count > 0;
  }

  @Override
  public void close() throws IOException {
    inflater.end();
    in.close();
  }
}
