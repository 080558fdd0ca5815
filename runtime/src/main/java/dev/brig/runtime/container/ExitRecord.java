package dev.brig.runtime.container;

/// How and when a container ended: the file `exit`, three decimal numbers in a line, written once.
///
/// ```
/// code status seconds
/// ```
///
/// `code` is `si_code` as waitid(2) gives it, or 0 if nobody was there to see the end; `status` is
/// the exit status or the signal's number; `seconds` count from 1970.
///
/// @param cause in which way it ended
/// @param status the exit status, or the number of the signal
/// @param finishedSeconds when, in seconds since 1970
/// @see <a href="https://man7.org/linux/man-pages/man2/waitid.2.html">waitid(2)</a>
public record ExitRecord(Cause cause, int status, long finishedSeconds) {

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

    /// Returns the number in the file.
    public int code() {
      return code;
    }

    private static Cause of(long code) {
      for (Cause cause : values()) {
        if (cause.code == code) {
          return cause;
        }
      }
      return UNKNOWN;
    }
  }

  private static final int UNKNOWN_EXIT_CODE = 255;

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

  /// Reads the file's text. A text that is damaged, as the machine's crash may leave it, says that
  /// nobody knows.
  static ExitRecord parse(String text) {
    long[] numbers = Numbers.parse(text, 3);
    return numbers.length == 3
        ? new ExitRecord(Cause.of(numbers[0]), (int) numbers[1], numbers[2])
        : unknown(0);
  }

  /// Returns the file's text.
  String text() {
    return cause.code + " " + status + " " + finishedSeconds + "\n";
  }
}
