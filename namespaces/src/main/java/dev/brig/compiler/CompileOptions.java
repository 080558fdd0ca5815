package dev.brig.compiler;

import dev.brig.linux.Machine;
import java.util.List;

/// What a program is compiled for.
///
/// A trace is a sequence of records of 24 bytes, in the byte order of the machine: the number of
/// the call (32 bits), zero (32 bits), the result (signed, 64 bits), the time of CLOCK_MONOTONIC in
/// nanoseconds at its return (64 bits). Each is written with one write(2) of its own, so that the
/// processes of a program can share the descriptor. The first record has the number 0 and is
/// written when the program starts. A call that never returns (a successful execve, an exit) leaves
/// no record.
///
/// @param machine the architecture that runs the program
/// @param traceFd the descriptor that records are written to, or [#NO_TRACE]
/// @param faults errors to inject, at most one for each call
public record CompileOptions(Machine machine, int traceFd, List<Fault> faults) {
  /// The descriptor of a program that writes no trace.
  public static final int NO_TRACE = -1;

  /// Copies the faults and refuses a descriptor that can't be one.
  public CompileOptions {
    faults = List.copyOf(faults);
    if (traceFd < NO_TRACE) {
      throw new IllegalArgumentException("trace descriptor " + traceFd);
    }
  }

  /// Makes the options of a program that runs as it is planned.
  public CompileOptions(Machine machine) {
    this(machine, NO_TRACE, List.of());
  }
}
