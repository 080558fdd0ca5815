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

  private KernelException(Failure failure, KernelException cause) {
    super(failure, cause);
    this.errno = cause.errno;
  }

  /// Returns this failure with what brig was doing, in words that can follow "brig: ": `make
  /// directory "x"`.
  public KernelException during(String step) {
    Failure old = failure();
    return new KernelException(
        new Failure(step, old.call(), old.errno(), old.finding(), old.hint()), this);
  }

  /// Returns this failure with what was found on looking for its cause.
  public KernelException explained(String step, String finding, String hint) {
    Failure old = failure();
    return new KernelException(new Failure(step, old.call(), old.errno(), finding, hint), this);
  }

  /// Returns the kernel's answer.
  public Errno errno() {
    return errno;
  }
}
