package dev.brig.runtime.container;

/// How a container is asked to end.
///
/// @param signal the number of the signal that asks
/// @param timeoutSeconds how long it may take until it is killed; 0 kills at once
public record StopPolicy(int signal, int timeoutSeconds) {
  /// SIGTERM, then ten seconds.
  public static final StopPolicy DEFAULT = new StopPolicy(15, 10);

  /// Refuses numbers that no signal has and negative times.
  public StopPolicy {
    if (signal < 1 || signal > 64 || timeoutSeconds < 0) {
      throw new IllegalArgumentException("signal " + signal + ", " + timeoutSeconds + " seconds");
    }
  }
}
