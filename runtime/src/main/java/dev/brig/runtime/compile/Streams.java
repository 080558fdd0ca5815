package dev.brig.runtime.compile;

/// What a container's standard streams are.
public sealed interface Streams {

  /// The caller's own, no process between.
  ///
  /// @param input whether standard input is passed on
  record Inherited(Input input) implements Streams {}

  /// Pipes whose output goes to the container's log; the caller gets its prompt back.
  ///
  /// @param input whether standard input stays open, for `attach`
  record Logged(Input input) implements Streams {}

  /// A pseudo-terminal that the program relays to the caller's terminal.
  ///
  /// @param cooked the caller's terminal attributes as TCGETS gives them, restored at the end
  /// @param raw the same in raw mode
  record Relayed(Attributes cooked, Attributes raw) implements Streams {}

  /// A pseudo-terminal whose output goes to the caller's standard output, without a terminal of the
  /// caller's to type at.
  ///
  /// @param input whether the caller's standard input is typed
  record Shown(Input input) implements Streams {}

  /// A pseudo-terminal whose output goes to the container's log.
  ///
  /// @param input whether `attach` can type
  record LoggedTerminal(Input input) implements Streams {}

  /// A pseudo-terminal whose master is sent to a socket, where the caller waits for it:
  /// `--console-socket`.
  ///
  /// @param socket the path of the socket
  record Sent(String socket) implements Streams {}

  /// Tells whether a container in the background has an input that others can write to.
  static boolean hasOpenInput(Streams streams) {
    return switch (streams) {
      case Logged(Input input) -> input == Input.PASSED;
      case LoggedTerminal(Input input) -> input == Input.PASSED;
      case Inherited _, Relayed _, Shown _, Sent _ -> false;
    };
  }

  /// Whether standard input is passed on.
  enum Input {
    /// It is: `-i`.
    PASSED,
    /// It is /dev/null.
    EMPTY
  }

  /// A kernel `struct termios`, 36 bytes.
  ///
  /// @param bytes its bytes
  @SuppressWarnings("ArrayRecordComponent") // passed through to the kernel, never compared
  record Attributes(byte[] bytes) {}
}
