package dev.brig.runtime.container;

/// What the program that supervises a container does beside waiting.
///
/// @param pidFile where it writes the pid of the container's first process, absolute, or empty
/// @param logBytesMax how large the log grows, or 0 for as large as it likes
/// @param timeoutSeconds how long the container may run until it is killed, or 0 for ever
public record Supervision(String pidFile, long logBytesMax, int timeoutSeconds) {
  /// Nothing.
  public static final Supervision PLAIN = new Supervision("", 0, 0);

  /// Refuses negative numbers.
  public Supervision {
    if (logBytesMax < 0 || timeoutSeconds < 0) {
      throw new IllegalArgumentException(logBytesMax + " bytes, " + timeoutSeconds + " seconds");
    }
  }
}
