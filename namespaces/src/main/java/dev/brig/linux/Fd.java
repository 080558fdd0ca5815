package dev.brig.linux;

import org.jspecify.annotations.Nullable;

/// A file descriptor with an owner: whoever closes it.
///
/// Closing twice does nothing the second time. A descriptor that is not closed stays open until
/// brig ends or becomes another program; all that brig opens are close-on-exec.
///
/// @see <a href="https://man7.org/linux/man-pages/man2/close.2.html">close(2)</a>
public final class Fd implements AutoCloseable {
  /// Stands for the working directory in calls that take a directory; never closed.
  public static final Fd CWD = new Fd(-100);

  /// Standard input; never closed.
  public static final Fd STDIN = new Fd(0);

  /// Standard output; never closed.
  public static final Fd STDOUT = new Fd(1);

  /// Standard error; never closed.
  public static final Fd STDERR = new Fd(2);

  private final int number;
  private final @Nullable Gate closer;
  private boolean closed;

  /// Makes a descriptor that is owned here and closed through this gate.
  Fd(int number, Gate closer) {
    this.number = number;
    this.closer = closer;
  }

  private Fd(int number) {
    this.number = number;
    this.closer = null;
  }

  /// Returns a view of a descriptor that someone else owns: inherited, or handed over by number.
  /// Closing it does nothing.
  ///
  /// @param number the descriptor's number, not negative
  public static Fd borrowed(int number) {
    if (number < 0) {
      throw new IllegalArgumentException("descriptor " + number);
    }
    return new Fd(number);
  }

  /// Returns the number.
  ///
  /// @throws IllegalStateException if this was owned and has been closed: its number may be
  ///   another's by now
  public int number() {
    if (closed) {
      throw new IllegalStateException("descriptor " + number + " is closed");
    }
    return number;
  }

  /// Returns the path of this descriptor in /proc, for calls that take only paths.
  public String path() {
    return number == CWD.number ? "." : "/proc/self/fd/" + number();
  }

  /// Closes the descriptor if it is owned and open. An error is not reported: Linux gives the
  /// descriptor up in any case, and whoever must know that data is stored calls `fsync` before.
  @Override
  public void close() {
    if (!closed && closer != null) {
      closed = true;
      var _ = closer.call(Syscall.CLOSE, number);
    }
  }

  @Override
  public String toString() {
    return number == CWD.number ? "AT_FDCWD" : Integer.toString(number);
  }
}
