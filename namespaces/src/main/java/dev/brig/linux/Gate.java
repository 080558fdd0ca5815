package dev.brig.linux;

/// The one way from Java into the kernel: a system call in numbers and addresses.
///
/// Everything that watches or disturbs calls (tracing, injected faults) is a gate around a gate.
/// What the arguments mean is not known here.
interface Gate {

  /// Makes a system call.
  ///
  /// @param syscall which call
  /// @param arguments its arguments, at most six: numbers, descriptors and addresses
  /// @return the result, or the errno as a negative number from -4095 to -1, as the kernel itself
  ///   returns it
  long call(Syscall syscall, long... arguments);

  /// Returns the machine whose kernel answers.
  Machine machine();
}
