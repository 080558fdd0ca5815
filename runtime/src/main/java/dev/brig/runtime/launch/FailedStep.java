package dev.brig.runtime.launch;

import dev.brig.error.BrigException;
import dev.brig.error.Failure;
import dev.brig.linux.Errno;

/// A step of a program that failed, as the program reports it.
///
/// @param number the call's number in the plan, from 1
/// @param step what the step was for
/// @param call the call with its arguments
/// @param errno the kernel's answer
public record FailedStep(int number, String step, String call, Errno errno) {
  private static final int EXIT_NOT_FOUND = 127;
  private static final int EXIT_NOT_EXECUTABLE = 126;
  private static final int EXIT_FAILURE = 125;

  /// Reads a report.
  ///
  /// @param number the call's number
  /// @param errno the number of the error
  /// @param text reason and call, with a colon between them, as the program holds them
  public static FailedStep parse(int number, int errno, String text) {
    int colon = text.indexOf(": ");
    while (colon >= 0 && !isCall(text, colon + 2)) {
      colon = text.indexOf(": ", colon + 2);
    }
    return colon < 0
        ? new FailedStep(number, text, "", Errno.of(errno))
        : new FailedStep(
            number, text.substring(0, colon), text.substring(colon + 2), Errno.of(errno));
  }

  private static boolean isCall(String text, int start) {
    int at = start;
    while (at < text.length()
        && (Character.isLowerCase(text.charAt(at))
            || Character.isDigit(text.charAt(at))
            || text.charAt(at) == '_')) {
      at++;
    }
    return at > start && at < text.length() && text.charAt(at) == '(';
  }

  /// Tells whether the user's command could not be executed.
  public boolean isExecution() {
    return step.startsWith("execute ") && call.startsWith("execve(");
  }

  /// Returns the exit status that the field has for it: 127 for a command that is not there, 126
  /// for one that can't be executed, 125 for all else.
  public int exitStatus() {
    if (!isExecution()) {
      return EXIT_FAILURE;
    }
    return errno == Errno.ENOENT || errno == Errno.ENOTDIR ? EXIT_NOT_FOUND : EXIT_NOT_EXECUTABLE;
  }

  /// Returns the failure without any diagnosis.
  public Failure failure() {
    return new Failure(step, call, errno.name() + " (" + errno.text() + ")", "", "");
  }

  /// The failure as an exception, for whoever prints failures.
  public static final class StepException extends BrigException {
    private static final long serialVersionUID = 1L;

    /// Makes an exception for a diagnosed step.
    public StepException(Failure failure) {
      super(failure);
    }
  }
}
