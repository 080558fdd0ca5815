package dev.brig.runtime.container;

import dev.brig.linux.Fd;
import dev.brig.linux.Kernel;
import dev.brig.runtime.container.ContainerException.Problem;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/// The records of a log, one after the other.
///
/// ```
///   u64 seconds  u32 nanoseconds  u16 stream (1 or 2)  u16 0  u32 length  bytes      little endian
/// ```
///
/// A record of stream 3 without bytes is the last: the log goes on in another file.
///
/// A record that is not whole, because it is being written or because the machine went down, is not
/// there.
final class LogFile {
  private static final int HEADER_BYTES = 20;
  private static final int CONTINUED = 3;
  private static final int BUFFER_BYTES = 1 << 16;
  private static final int LENGTH_MAX = 1 << 24;

  private final Kernel kernel;
  private final Path path;
  private final Fd fd;
  // Direct, so that the kernel fills it without a copy. Holds what follows position, from 0 to its
  // limit.
  private ByteBuffer ahead = buffer(BUFFER_BYTES).limit(0);
  private byte[] body = new byte[4096];
  private long position;
  private LogOptions.Moment time = LogOptions.Moment.EPOCH;
  private LogSink.Stream stream = LogSink.Stream.OUTPUT;
  private int length;
  private boolean continued;

  LogFile(Kernel kernel, Path path, Fd fd) {
    this.kernel = kernel;
    this.path = path;
    this.fd = fd;
  }

  /// Goes to a record's beginning, which [#position] returned.
  void seek(long toPosition) {
    position = toPosition;
    ahead.limit(0);
  }

  /// Returns where the next record begins, in bytes.
  long position() {
    return position;
  }

  /// Moves to the next record.
  ///
  /// @return whether there is a whole one
  /// @throws ContainerException if the log is damaged there
  boolean next() {
    if (!isAhead(HEADER_BYTES)) {
      return false;
    }
    int at = ahead.position();
    long seconds = ahead.getLong(at);
    int nanos = ahead.getInt(at + 8);
    int streamNumber = ahead.getShort(at + 12);
    int size = ahead.getInt(at + 16);
    if (streamNumber == CONTINUED && size == 0) {
      continued = true;
      return false;
    }
    if (streamNumber < 1 || streamNumber > 2 || size < 0 || size > LENGTH_MAX) {
      throw new ContainerException(
          Problem.DAMAGED, "read " + path, "the log is damaged at byte " + position, "");
    }
    if (!isAhead(HEADER_BYTES + size)) {
      return false;
    }
    if (body.length < size) {
      body = new byte[size];
    }
    ahead.position(ahead.position() + HEADER_BYTES).get(body, 0, size);
    position += HEADER_BYTES + size;
    time = new LogOptions.Moment(seconds, nanos);
    stream = streamNumber == 1 ? LogSink.Stream.OUTPUT : LogSink.Stream.ERROR;
    length = size;
    return true;
  }

  /// Tells whether the log goes on in another file, all of this one being read.
  boolean isContinued() {
    return continued;
  }

  /// Returns when the record was written.
  LogOptions.Moment time() {
    return time;
  }

  /// Returns the stream that the record is of.
  LogSink.Stream stream() {
    return stream;
  }

  /// Returns an array that begins with the record's bytes, good until the next record.
  byte[] body() {
    return body;
  }

  /// Returns how many bytes the record has.
  int length() {
    return length;
  }

  /// Reads until so many bytes are there.
  private boolean isAhead(int count) {
    while (ahead.remaining() < count) {
      if (ahead.capacity() < count) {
        ahead = buffer(count).put(ahead).flip();
      }
      ahead.compact();
      int read = kernel.files().pread(fd, ahead, position + ahead.position());
      ahead.flip();
      if (read == 0) {
        return false;
      }
    }
    return true;
  }

  private static ByteBuffer buffer(int size) {
    return ByteBuffer.allocateDirect(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
