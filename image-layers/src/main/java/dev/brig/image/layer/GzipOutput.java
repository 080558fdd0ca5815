package dev.brig.image.layer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/// Compresses by gzip, pieces of a fixed size on all processors at once, each with the 32 KiB
/// before it as its dictionary, as pigz(1) does. The same data make the same bytes, however many
/// processors there are: no name and no time is in the header.
///
/// @see <a href="https://www.rfc-editor.org/rfc/rfc1952">RFC 1952</a>
final class GzipOutput extends OutputStream {
  private static final int PIECE_BYTES = 256 * 1024;
  private static final int WINDOW_BYTES = 32 * 1024;
  // Two thirds of the default level's time for a twentieth more bytes.
  private static final int LEVEL = 4;
  private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff};

  private final OutputStream out;
  private final ExecutorService workers;
  private final int queueMax;
  private final Deque<Future<byte[]>> queue = new ArrayDeque<>();
  private final CRC32 crc = new CRC32();
  private byte[] piece = new byte[PIECE_BYTES];
  private byte[] before = new byte[0];
  private int filled;
  private long count;
  private boolean closed;

  /// Begins a member.
  ///
  /// @param out takes the compressed bytes; closed with this
  GzipOutput(OutputStream out) throws IOException {
    this.out = out;
    int processors = Runtime.getRuntime().availableProcessors();
    this.queueMax = 2 * processors;
    this.workers =
        Executors.newFixedThreadPool(
            processors, task -> Thread.ofPlatform().daemon().name("gzip").unstarted(task));
    out.write(HEADER);
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] data, int offset, int length) throws IOException {
    crc.update(data, offset, length);
    count += length;
    int at = offset;
    int end = offset + length;
    while (at < end) {
      int step = Math.min(end - at, PIECE_BYTES - filled);
      System.arraycopy(data, at, piece, filled, step);
      filled += step;
      at += step;
      if (filled == PIECE_BYTES) {
        submit();
      }
    }
  }

  private void submit() throws IOException {
    if (queue.size() >= queueMax) {
      writeNext();
    }
    byte[] data = piece;
    byte[] window = before;
    int length = filled;
    queue.add(workers.submit(() -> deflate(data, length, window)));
    before = Arrays.copyOfRange(data, Math.max(0, length - WINDOW_BYTES), length);
    piece = new byte[PIECE_BYTES];
    filled = 0;
  }

  private static byte[] deflate(byte[] data, int length, byte[] window) {
    try (Deflater deflater = new Deflater(LEVEL, /* nowrap= */ true)) {
      if (window.length > 0) {
        deflater.setDictionary(window);
      }
      deflater.setInput(data, 0, length);
      ByteArrayOutputStream compressed = new ByteArrayOutputStream(length / 2);
      byte[] buffer = new byte[64 * 1024];
      int got;
      do {
        got = deflater.deflate(buffer, 0, buffer.length, Deflater.SYNC_FLUSH);
        compressed.write(buffer, 0, got);
      } while (got == buffer.length);
      return compressed.toByteArray();
    }
  }

  private void writeNext() throws IOException {
    try {
      out.write(queue.remove().get());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted = new InterruptedIOException("compressing");
      interrupted.initCause(e);
      throw interrupted;
    } catch (ExecutionException e) {
      throw new IOException("compressing", e.getCause());
    }
  }

  /// Ends the member.
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    try (out;
        workers) {
      if (filled > 0) {
        submit();
      }
      while (!queue.isEmpty()) {
        writeNext();
      }
      // An empty last block with the fixed code: RFC 1951, 3.2.6.
      out.write(3);
      out.write(0);
      little((int) crc.getValue());
      little((int) count);
    }
  }

  private void little(int value) throws IOException {
    for (int shift = 0; shift < 32; shift += 8) {
      out.write(value >>> shift & 0xff);
    }
  }
}
