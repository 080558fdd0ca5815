package dev.brig.runtime.compile;

import java.util.List;

/// How an init passes on a signal that it gets.
public sealed interface Delivery {
  /// By kill(2), to its child.
  record Direct() implements Delivery {}

  /// By a pipe, a byte each, to a virtual machine, which says by another how its command ended; see
  /// [GuestPlanner].
  record Machine() implements Delivery {
    /// The descriptor that the machine reads signals from.
    public static final int SIGNALS_FD = 10;

    /// The descriptor that it writes the end to.
    public static final int STATUS_FD = 11;

    /// The descriptor that it writes standard output to, unless it has a terminal.
    public static final int OUTPUT_FD = 12;

    /// The descriptor that it writes standard error to, unless it has a terminal.
    public static final int ERRORS_FD = 13;
  }

  /// By a command, to which the number is added: its child does not pass signals on to what it
  /// runs.
  ///
  /// @param words an absolute path, and arguments
  record Command(List<String> words) implements Delivery {
    /// Copies the list.
    public Command {
      words = List.copyOf(words);
    }
  }
}
