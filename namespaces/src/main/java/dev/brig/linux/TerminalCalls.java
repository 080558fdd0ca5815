package dev.brig.linux;

import java.util.Optional;

/// Calls on terminals: settings and window size.
///
/// Settings are the kernel's `struct termios` as bytes; [Termios] knows what is in it.
///
/// @see <a href="https://man7.org/linux/man-pages/man2/ioctl_tty.2.html">ioctl_tty(2)</a>
public final class TerminalCalls {
  private static final int TCGETS = 0x5401;
  private static final int TCSETS = 0x5402;
  private static final int TIOCGWINSZ = 0x5413;
  private static final int TIOCSWINSZ = 0x5414;

  private final Calls calls;

  TerminalCalls(Calls calls) {
    this.calls = calls;
  }

  /// Tells whether a descriptor is a terminal.
  public boolean isTerminal(Fd fd) {
    return settings(fd).isPresent();
  }

  /// Returns a terminal's settings, or empty if the descriptor is none (ENOTTY, and EIO once the
  /// other side has gone).
  public Optional<byte[]> settings(Fd fd) {
    try (Scratch scratch = Scratch.take()) {
      Scratch.Room room = scratch.room(Termios.SIZE_BYTES);
      long[] arguments = {fd.number(), TCGETS, room.address()};
      long result = calls.answer(Syscall.IOCTL, arguments);
      if (result == -Errno.EBADF.number()) {
        throw calls.failure(result, Syscall.IOCTL, arguments);
      }
      return result < 0 ? Optional.empty() : Optional.of(room.copy(Termios.SIZE_BYTES));
    }
  }

  /// Sets a terminal's settings at once.
  ///
  /// @param settings as [#settings] returned them, or [Termios#raw] of that
  public void setSettings(Fd terminal, byte[] settings) {
    if (settings.length != Termios.SIZE_BYTES) {
      throw new IllegalArgumentException("termios of " + settings.length + " bytes");
    }
    try (Scratch scratch = Scratch.take()) {
      calls.orThrow(Syscall.IOCTL, terminal.number(), TCSETS, scratch.bytes(settings));
    }
  }

  /// Returns the size of a terminal's window, or empty if the descriptor is no terminal.
  public Optional<WindowSize> windowSize(Fd fd) {
    try (Scratch scratch = Scratch.take()) {
      Scratch.Room room = scratch.room(Long.BYTES);
      long result =
          calls.orExpected(Errno.ENOTTY, Syscall.IOCTL, fd.number(), TIOCGWINSZ, room.address());
      return result < 0
          ? Optional.empty()
          : Optional.of(new WindowSize(room.getInt(0) & 0xffff, room.getInt(0) >>> 16));
    }
  }

  /// Sets the size of a terminal's window; its foreground processes get SIGWINCH if it changes.
  public void setWindowSize(Fd terminal, WindowSize size) {
    try (Scratch scratch = Scratch.take()) {
      Scratch.Room room = scratch.room(Long.BYTES);
      room.putInt(0, size.rows() | size.columns() << 16);
      room.putInt(4, 0);
      calls.orThrow(Syscall.IOCTL, terminal.number(), TIOCSWINSZ, room.address());
    }
  }
}
