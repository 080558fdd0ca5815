package dev.brig.runtime.compile;

/// What a container's standard streams are.
public sealed interface Streams {

  /// The caller's own, no process between.
  ///
  /// @param input whether standard input is passed on
  record Inherited(Input input) implements Streams {}

  /// Pipes whose output goes to the container's log; the caller gets its prompt back.
  record Logged() implements Streams {}

  /// A pseudo-terminal that the program relays to the caller's terminal.
  ///
  /// @param cooked the caller's terminal attributes as TCGETS gives them, restored at the end
  /// @param raw the same in raw mode
  record Relayed(Attributes cooked, Attributes raw) implements Streams {}

  /// A pseudo-terminal whose output goes to the container's log.
  record LoggedTerminal() implements Streams {}

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
