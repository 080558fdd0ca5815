package dev.brig.cli.command;

import dev.brig.error.BrigException;
import dev.brig.error.Failure;

/// Ends a command whose failure has been told already, by another brig that it started.
public final class ToldException extends BrigException {
  private static final long serialVersionUID = 1L;

  private final int exitStatus;

  /// Makes an exception.
  ///
  /// @param exitStatus the status that brig ends with
  public ToldException(int exitStatus) {
    super(Failure.of("", "told before", ""));
    this.exitStatus = exitStatus;
  }

  /// Returns the status that brig ends with.
  public int exitStatus() {
    return exitStatus;
  }
}
