package dev.brig.runtime.container;

/// How and when a container ended.
///
/// @param cause in which way it ended
/// @param status the exit status, or the number of the signal
/// @param finishedSeconds when, in seconds since 1970
/// @see <a href="https://man7.org/linux/man-pages/man2/waitid.2.html">waitid(2)</a>
public record ExitRecord(Cause cause, int status, long finishedSeconds) {
  private static final int UNKNOWN_EXIT_CODE = 255;

  /// The ways in which a container ends, with the numbers of `si_code`.
  public enum Cause {
    /// Nobody was there to see it: the machine went down, or brig's supervisor was killed.
    UNKNOWN(0),
    /// It exited.
    EXITED(1),
    /// A signal killed it.
    KILLED(2),
    /// A signal killed it and its memory was dumped.
    DUMPED(3);

    private final int code;

    Cause(int code) {
      this.code = code;
    }

    /// Returns the number: `si_code` as waitid(2) gives it.
    public int code() {
      return code;
    }

    /// Returns the way with this number.
    public static Cause of(long code) {
      for (Cause cause : values()) {
        if (cause.code == code) {
          return cause;
        }
      }
      return UNKNOWN;
    }
  }

  /// Returns the record of a container whose end nobody saw.
  ///
  /// @param foundSeconds when it was found, in seconds since 1970
  public static ExitRecord unknown(long foundSeconds) {
    return new ExitRecord(Cause.UNKNOWN, 0, foundSeconds);
  }

  /// Returns the status that a shell would have: the exit status, 128 and the signal's number, or
  /// 255 if it is not known.
  public int exitCode() {
    return switch (cause) {
      case UNKNOWN -> UNKNOWN_EXIT_CODE;
      case EXITED -> status;
      case KILLED, DUMPED -> 128 + status;
    };
  }
}
