package dev.brig.cli.command;

import dev.brig.error.BrigException;
import dev.brig.error.Failure;

/// A failure that is told of a container rather than of a command, and ends brig with a status of
/// its own: 126 or 127 for a command that can't be executed.
public final class CommandException extends BrigException {
  private static final long serialVersionUID = 1L;

  private final String subject;
  private final int exitStatus;

  /// Makes an exception.
  ///
  /// @param subject the container's name, or empty
  /// @param failure what failed
  /// @param exitStatus the status that brig ends with
  public CommandException(String subject, Failure failure, int exitStatus) {
    super(failure);
    this.subject = subject;
    this.exitStatus = exitStatus;
  }

  /// Returns the container's name, or empty.
  public String subject() {
    return subject;
  }

  /// Returns the status that brig ends with.
  public int exitStatus() {
    return exitStatus;
  }
}
