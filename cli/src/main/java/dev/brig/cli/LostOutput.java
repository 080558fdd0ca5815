package dev.brig.cli;

import dev.brig.cli.command.ExitCodes;
import dev.brig.linux.Errno;
import dev.brig.linux.Fd;
import dev.brig.linux.FileType;
import dev.brig.linux.Kernel;
import dev.brig.linux.KernelException;
import java.io.PrintStream;

/// What becomes of a command whose standard output could not be written.
final class LostOutput {
  private static final String WRITE = "write(1,";

  private LostOutput() {}

  /// Tells whether a failed call was one that wrote standard output.
  ///
  /// @param call the call in strace's notation
  static boolean isWrite(String call) {
    return call.startsWith(WRITE);
  }

  /// Tells whether a command failed since nobody reads its output any more: `brig save app | true`.
  static boolean isBrokenPipe(Throwable thrown) {
    return thrown instanceof KernelException failed
        && failed.errno() == Errno.EPIPE
        && isWrite(failed.failure().call());
  }

  /// Says that output is lost, but not where whoever read it went away.
  ///
  /// @param status the command's exit status
  /// @param err standard error
  /// @return the exit status that says so, too
  static int told(int status, PrintStream err) {
    FileType type = Kernel.ofThisMachine().attributes().stat(Fd.STDOUT).type();
    boolean done = status == ExitCodes.SUCCESS || status == ExitCodes.BROKEN_PIPE;
    if (type == FileType.FIFO || type == FileType.SOCKET) {
      return done ? ExitCodes.BROKEN_PIPE : status;
    }
    err.println("brig: standard output could not be written: a part of it is lost");
    err.println("hint: is there room where it goes?");
    return done ? ExitCodes.FAILURE : status;
  }
}
