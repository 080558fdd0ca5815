package dev.brig.seccomp;

/// What is done with a call.
///
/// @param action the kind of answer
/// @param number the errno, or the number for a tracer, 0 to 65535; 0 for other actions
public record Verdict(Action action, int number) {
  /// Refuses a number that does not fit.
  public Verdict {
    if (number < 0 || number > 0xffff || (number != 0 && !action.hasNumber())) {
      throw new IllegalArgumentException(action + " with " + number);
    }
  }

  /// Returns the value of 32 bits that a filter returns to the kernel.
  public int value() {
    return action.bits() | number;
  }
}
