package dev.brig.cli.command;

import dev.brig.error.BrigException;
import dev.brig.error.Failure;

/// A failure that another brig, which this one started, has told already.
public final class ToldException extends BrigException {
  private static final long serialVersionUID = 1L;

  private final int exitStatus;

  /// Makes an exception.
  ///
  /// @param step what the other brig was to do
  /// @param exitStatus how it ended, which is how this one ends
  public ToldException(String step, int exitStatus) {
    super(Failure.of(step, "another brig has told why not", ""));
    this.exitStatus = exitStatus;
  }

  /// Returns the status that brig ends with.
  public int exitStatus() {
    return exitStatus;
  }
}
