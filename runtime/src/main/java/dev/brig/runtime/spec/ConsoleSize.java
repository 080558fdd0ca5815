package dev.brig.runtime.spec;

/// The terminal's size in characters (`process.consoleSize`), as `TIOCSWINSZ` takes it.
///
/// @param height rows, 0 to 65535
/// @param width columns, 0 to 65535
/// @see <a
///   href="https://man7.org/linux/man-pages/man2/TIOCSWINSZ.2const.html">TIOCSWINSZ(2const)</a>
public record ConsoleSize(int height, int width) {}
