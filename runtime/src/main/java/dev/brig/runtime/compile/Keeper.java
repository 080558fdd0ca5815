package dev.brig.runtime.compile;

import java.util.List;

/// What a container's first process is, where another program runs the command in a guest: it shows
/// what the guest writes, and passes signals on.
public sealed interface Keeper {
  /// There is no guest: the first process is the command, or an init.
  record None() implements Keeper {}

  /// The child is a machine's emulator. Signals go to the machine through a pipe, a byte each, and
  /// it says through another how its command ended; see [GuestPlanner].
  ///
  /// @param directory where the emulator runs, and where the sockets of the servers are
  /// @param servers the commands of servers that show the machine directories of the host, each an
  ///   absolute path and arguments; each listens on the descriptor [#SERVER_FD]
  record Machine(String directory, List<List<String>> servers) implements Keeper {
    /// Copies the list.
    public Machine {
      servers = List.copyOf(servers);
    }

    /// The descriptor on which a server finds its socket, which listens.
    public static final int SERVER_FD = 10;

    /// Returns the name of a server's socket.
    ///
    /// @param server its place among the servers
    public static String socket(int server) {
      return "share-" + server;
    }

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
