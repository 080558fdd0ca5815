package dev.brig.cli.container;

import dev.brig.runtime.container.LogSink;
import java.io.PrintStream;

/// Writes what a container wrote where the container wrote it: to standard output and standard
/// error.
final class PrintedLog implements LogSink {
  private final PrintStream out;
  private final PrintStream err;

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
  }

  @Override
  public void flush() {
    out.flush();
    err.flush();
  }
}
