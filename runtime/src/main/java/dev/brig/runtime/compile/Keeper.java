package dev.brig.runtime.compile;

import java.util.List;

/// What a container's first process is, where another program runs the command in a guest: it shows
/// what the guest writes, and passes signals on.
public sealed interface Keeper {
  /// There is no guest: the first process is the command, or an init.
  record None() implements Keeper {}

  /// The child is a machine's emulator. Signals go to the machine through a pipe, a byte each, and
  /// it says through another how its command ended; see [GuestPlanner].
  record Machine() implements Keeper {
    /// The descriptor that the machine reads signals from.
    public static final int SIGNALS_FD = 10;

    /// The descriptor that it writes the end to.
    public static final int STATUS_FD = 11;
  }

  /// The child is a runtime that passes no signals on, but has a command that does, and ends as its
  /// guest's command does.
  ///
  /// @param kill an absolute path, and arguments, to which a signal's number is added
  record Sandbox(List<String> kill) implements Keeper {
    /// Copies the list.
    public Sandbox {
      kill = List.copyOf(kill);
    }
  }

  /// The descriptor that a guest's standard output is written to, unless it has a terminal.
  int OUTPUT_FD = 12;

  /// The descriptor that its standard error is written to, unless it has a terminal.
  int ERRORS_FD = 13;
}
