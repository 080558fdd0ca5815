package dev.brig.compiler;

import dev.brig.linux.Errno;

/// An error that a program is to meet: the call is not made and answers with the errno.
///
/// @param call the number of the call, from 1, as [dev.brig.plan.Plan#calls()] counts
/// @param errno what the call answers
public record Fault(int call, Errno errno) {
  /// Refuses an error that the kernel has no number for.
  public Fault {
    if (errno == Errno.UNKNOWN) {
      throw new IllegalArgumentException("no number for the fault of call " + call);
    }
  }
}
