package dev.brig.cli.compare;

import dev.brig.cli.command.Context;
import dev.brig.linux.Fd;
import java.io.PrintStream;

/// Shows on a terminal how far a comparison has come; nowhere else.
final class Progress {
  private static final int BAR = 30;
  private static final long SECOND_NANOS = 1_000_000_000L;

  private final PrintStream out;
  private final boolean shown;

  Progress(Context context) {
    this.out = context.err();
    this.shown = context.kernel().terminals().isTerminal(Fd.STDERR);
  }

  /// Says what is being done.
  void say(String what) {
    if (shown) {
      out.print("\r\033[K" + what);
      out.flush();
    }
  }

  /// Says how much of it is done.
  ///
  /// @param leftNanos how long it will take from here
  void say(String what, int done, int all, long leftNanos) {
    int filled = all == 0 ? BAR : BAR * done / all;
    String bar = "[" + "=".repeat(filled) + " ".repeat(BAR - filled) + "] ";
    long seconds = leftNanos / SECOND_NANOS;
    say(bar + what + " " + done + " of " + all + ", " + seconds + " s left");
  }

  /// Clears the line.
  void end() {
    say("");
  }
}
