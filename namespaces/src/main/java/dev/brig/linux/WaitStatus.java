package dev.brig.linux;

/// How a child ended.
///
/// @param pid which child
/// @param code in which way
/// @param status the exit status if it exited, the number of the signal if one killed it
/// @see <a href="https://man7.org/linux/man-pages/man2/waitid.2.html">waitid(2)</a>
public record WaitStatus(int pid, Code code, int status) {

  /// The way in which a child changed its state; the numbers are those of `si_code`.
  public enum Code {
    /// It called exit; the status is its argument.
    CLD_EXITED(1),
    /// A signal killed it.
    CLD_KILLED(2),
    /// A signal killed it and its memory was dumped.
    CLD_DUMPED(3),
    /// A tracer has it.
    CLD_TRAPPED(4),
    /// A signal stopped it.
    CLD_STOPPED(5),
    /// It goes on.
    CLD_CONTINUED(6);

    private final int number;

    Code(int number) {
      this.number = number;
    }

    /// Returns the code with this number.
    ///
    /// @throws IllegalArgumentException if the kernel knows no such code
    public static Code of(int number) {
      for (Code code : values()) {
        if (code.number == number) {
          return code;
        }
      }
      throw new IllegalArgumentException("si_code " + number);
    }

    /// Returns the number.
    public int number() {
      return number;
    }
  }

  /// Returns the status as a shell has it: the exit status, or 128 and the signal's number.
  public int shellStatus() {
    return code == Code.CLD_EXITED ? status : 128 + status;
  }
}
