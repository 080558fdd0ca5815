package dev.brig.cli.command;

/// The exit statuses of brig that are not a container's own.
public final class ExitCodes {
  /// Done.
  public static final int SUCCESS = 0;

  /// brig itself failed: a wrong command line, an unknown container, an image that is not there, a
  /// limit that cannot be applied. docker and podman have the same number.
  public static final int FAILURE = 125;

  /// The container's command was found but cannot be executed. The compiled program exits with it.
  public static final int NOT_EXECUTABLE = 126;

  /// The container's command was not found. The compiled program exits with it.
  public static final int NOT_FOUND = 127;

  /// What is added to the number of the signal that ended a container's command.
  public static final int SIGNAL_OFFSET = 128;

  /// Nobody reads standard output any more. The JVM ignores SIGPIPE, which ends other programs with
  /// this status and without a word.
  public static final int BROKEN_PIPE = SIGNAL_OFFSET + 13;

  private ExitCodes() {}
}
