package dev.brig.linux;

/// What came of opening a file, where an error is an answer.
public sealed interface OpenResult {
  /// The file is open.
  ///
  /// @param fd its descriptor, owned by the receiver
  record Opened(Fd fd) implements OpenResult {}

  /// The kernel refused.
  ///
  /// @param errno why
  record Refused(Errno errno) implements OpenResult {}
}
