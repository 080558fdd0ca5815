package dev.brig.cli.oci;

import dev.brig.error.Failure;
import dev.brig.linux.Errno;
import dev.brig.runtime.launch.FailedStep;
import dev.brig.runtime.launch.FailedStep.StepException;
import java.util.Locale;

/// Failures of a program's steps in the words that callers of OCI runtimes look for.
final class OciFailures {
  /// Above the error numbers: a hook's exit status, as `HookSteps` tells it.
  private static final int STATUS_OFFSET = 4096;

  private static final String EXECUTE = "execute ";

  private OciFailures() {}

  /// Returns the failure of a step.
  ///
  /// @param step the number of the call
  /// @param errno the number of the error, or a hook's status
  /// @param text what the step was for, and the call
  static StepException of(int step, int errno, String text) {
    FailedStep failed = FailedStep.parse(step, errno, text);
    if (errno == Errno.ETIMEDOUT.number() && failed.step().contains(" hook ")) {
      return new StepException(
          Failure.of(failed.step(), "it ran longer than its timeout and was killed", ""));
    }
    if (errno >= STATUS_OFFSET) {
      return new StepException(
          Failure.of(failed.step(), "exit status " + (errno - STATUS_OFFSET), ""));
    }
    if (failed.isExecution() && failed.step().startsWith(EXECUTE)) {
      return new StepException(
          Failure.of(
              "exec: \"" + failed.step().substring(EXECUTE.length()) + "\"",
              words(failed.errno()),
              hint(failed.errno())));
    }
    return new StepException(failed.failure());
  }

  /// Returns the failure of a command that is looked for by its name alone, in the words that runc
  /// has for it.
  ///
  /// @param command what config.json calls it
  static StepException ofCommand(String command, int step, int errno, String text) {
    boolean missing = errno == Errno.ENOENT.number() && command.indexOf('/') < 0;
    return missing && FailedStep.parse(step, errno, text).isExecution()
        ? new StepException(
            Failure.of(
                "exec: \"" + command + "\"",
                "executable file not found in $PATH",
                "it is looked for in the PATH of /process/env"))
        : of(step, errno, text);
  }

  private static String words(Errno errno) {
    return errno.text().toLowerCase(Locale.ROOT);
  }

  private static String hint(Errno errno) {
    return switch (errno) {
      case ENOENT -> "the program, its interpreter or its loader is not in the container's root";
      case EACCES -> "it must be a file that the container's user may execute";
      default -> "";
    };
  }
}
