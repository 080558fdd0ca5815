package dev.brig.cli.container;

import dev.brig.cli.command.ExitCodes;
import dev.brig.cli.command.ToldException;
import dev.brig.runtime.container.LogSink;
import java.io.PrintStream;

/// Writes what a container wrote where the container wrote it: to standard output and standard
/// error.
final class PrintedLog implements LogSink {
  private static final int CHECK_EVERY = 64;

  private final PrintStream out;
  private final PrintStream err;
  private int writes = 0;

  PrintedLog(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  @Override
  public void write(Stream stream, byte[] bytes, int offset, int length) {
    // The two keep their order when they are the same terminal.
    switch (stream) {
      case OUTPUT -> {
        err.flush();
        out.write(bytes, offset, length);
      }
      case ERROR -> {
        out.flush();
        err.write(bytes, offset, length);
      }
    }
    // A log may be written faster than it is read here, so that no end of it is ever seen.
    writes++;
    if (writes % CHECK_EVERY == 0) {
      flush();
    }
  }

  /// Writes what is kept back.
  ///
  /// @throws ToldException if nobody takes it any more: `brig logs -f web | head`
  @Override
  public void flush() {
    boolean lost = out.checkError();
    if (err.checkError() || lost) {
      throw new ToldException(ExitCodes.BROKEN_PIPE);
    }
  }
}
