package dev.brig.image.layer;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/// Reads a stream in a thread of its own, a few pieces ahead of whoever takes them: decompressing
/// and unpacking then go on at the same time.
///
/// Nobody else may read the stream before this has come to its end or is closed.
final class ReadAhead extends InputStream {
  private static final int PIECE_BYTES = 256 * 1024;
  private static final int PIECES = 4;

  private final InputStream in;
  private final Thread thread;

  // Guarded by this.
  private final Queue<Piece> filled = new ArrayDeque<>();
  private final Queue<Piece> empty = new ArrayDeque<>();
  private int made;
  private boolean ended;
  private boolean closed;
  private @Nullable Throwable failure;

  // The consumer's.
  private @Nullable Piece current;
  private int next;

  private static final class Piece {
    private final byte[] bytes = new byte[PIECE_BYTES];
    private int length;
  }

  /// Begins to read.
  ///
  /// @param in the stream; closed with this
  ReadAhead(InputStream in) {
    this.in = in;
    this.thread = new Thread(null, this::fill, "read-ahead");
    thread.setDaemon(true);
    thread.start();
  }

  private void fill() {
    try {
      Piece piece = room();
      while (piece != null) {
        piece.length = 0;
        int count = 0;
        while (count >= 0 && piece.length < PIECE_BYTES) {
          piece.length += count;
          count = in.read(piece.bytes, piece.length, PIECE_BYTES - piece.length);
        }
        hand(piece);
        if (count < 0) {
          break;
        }
        piece = room();
      }
      end(null);
    } catch (IOException | RuntimeException | Error e) {
      end(e);
    }
  }

  // Waits for a piece to fill; none any more once this is closed.
  private synchronized @Nullable Piece room() {
    while (!closed && empty.isEmpty() && made == PIECES) {
      try {
        wait();
      } catch (InterruptedException e) {
        throw interrupted(e);
      }
    }
    if (closed) {
      return null;
    }
    Piece piece = empty.poll();
    if (piece != null) {
      return piece;
    }
    made++;
    return new Piece();
  }

  private synchronized void hand(Piece piece) {
    if (piece.length > 0) {
      filled.add(piece);
      notifyAll();
    }
  }

  private synchronized void end(@Nullable Throwable why) {
    failure = why;
    ended = true;
    notifyAll();
  }

  private synchronized @Nullable Piece take(@Nullable Piece used) {
    if (used != null) {
      empty.add(used);
      notifyAll();
    }
    while (filled.isEmpty() && !ended) {
      try {
        wait();
      } catch (InterruptedException e) {
        throw interrupted(e);
      }
    }
    return filled.poll();
  }

  // Nobody interrupts brig's threads.
  private static IllegalStateException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new IllegalStateException(e);
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
    Piece piece = current;
    if (piece == null || next == piece.length) {
      piece = take(piece);
      current = piece;
      next = 0;
      if (piece == null) {
        throwFailure();
        return -1;
      }
    }
    int count = Math.min(length, piece.length - next);
    System.arraycopy(piece.bytes, next, target, offset, count);
    next += count;
    return count;
  }

  private void throwFailure() throws IOException {
    Throwable why;
    synchronized (this) {
      why = failure;
    }
    switch (why) {
      case null -> {}
      case IOException e -> throw e;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(why);
    }
  }

  /// Ends the thread, waiting for the piece that it is reading, and closes the stream.
  @Override
  public void close() throws IOException {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException _) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    in.close();
  }
}
