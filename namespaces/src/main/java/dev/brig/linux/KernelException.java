package dev.brig.linux;

import dev.brig.error.BrigException;
import dev.brig.error.Failure;

/// A system call of brig's own process failed.
public final class KernelException extends BrigException {
  private static final long serialVersionUID = 1L;

  private final Errno errno;

  /// Makes an exception for a failed call.
  ///
  /// @param step what brig was doing
  /// @param call the call in strace's notation
  /// @param errno the kernel's answer
  /// @param hint what the user can do, or empty
  public KernelException(String step, String call, Errno errno, String hint) {
    super(new Failure(step, call, errno.name() + " (" + errno.text() + ")", "", hint));
    this.errno = errno;
  }

  /// Returns the kernel's answer.
  public Errno errno() {
    return errno;
  }
}
