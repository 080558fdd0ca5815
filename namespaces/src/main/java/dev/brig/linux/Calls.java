package dev.brig.linux;

/// What all typed calls share: native memory, errors as exceptions, and trying again after a
/// signal.
final class Calls {
  private static final int EINTR = 4;
  private static final int EAGAIN = 11;
  private static final int RACES_MAX = 128;
  private static final int ERROR_LOWEST = -4095;

  private final Gate gate;

  Calls(Gate gate) {
    this.gate = gate;
  }

  Gate gate() {
    return gate;
  }

  Machine machine() {
    return gate.machine();
  }

  /// Makes a call and returns its result, which is never an error.
  ///
  /// @throws KernelException if the call fails
  long orThrow(Syscall syscall, long... arguments) {
    long result = answer(syscall, arguments);
    if (isError(result)) {
      throw failure(result, syscall, arguments);
    }
    return result;
  }

  /// Makes a call whose failing with one certain error is an answer that the caller expects.
  ///
  /// @return the result, or the expected error as a negative number
  /// @throws KernelException if the call fails otherwise
  long orExpected(Errno expected, Syscall syscall, long... arguments) {
    long result = answer(syscall, arguments);
    if (isError(result) && result != -expected.number()) {
      throw failure(result, syscall, arguments);
    }
    return result;
  }

  /// Makes a call, again if a signal interrupts it, and returns what the kernel returns, an error
  /// as a negative number.
  ///
  /// Not for close(2), which gives the descriptor up even when interrupted, nor for calls whose
  /// time-out would begin anew.
  long answer(Syscall syscall, long... arguments) {
    long result = gate.call(syscall, arguments);
    while (result == -EINTR) {
      result = gate.call(syscall, arguments);
    }
    return result;
  }

  /// Makes a call whose EAGAIN means that something was renamed meanwhile, again some times.
  long answerAfterRaces(Syscall syscall, long... arguments) {
    long result = answer(syscall, arguments);
    for (int i = 0; result == -EAGAIN && i < RACES_MAX; i++) {
      result = answer(syscall, arguments);
    }
    return result;
  }

  /// As [#answerAfterRaces], with errors as exceptions.
  ///
  /// @throws KernelException if the call fails
  long orThrowAfterRaces(Syscall syscall, long... arguments) {
    long result = answerAfterRaces(syscall, arguments);
    if (isError(result)) {
      throw failure(result, syscall, arguments);
    }
    return result;
  }

  static boolean isError(long result) {
    return result < 0 && result >= ERROR_LOWEST;
  }

  /// Returns the exception for a result that is an error; call it while the arguments' memory is
  /// still held.
  KernelException failure(long result, Syscall syscall, long... arguments) {
    return new KernelException(
        "", CallText.render(machine(), syscall, arguments), Errno.of((int) -result), "");
  }
}
