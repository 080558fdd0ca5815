package dev.brig.cli.attack;

/// One thing that a container shares with the host, or does not.
///
/// @param what the thing: `kernel`, `pid namespace`
/// @param state whether it is shared
/// @param seen what was found
/// @param remedy the option that changes it, or empty
record Shared(String what, State state, String seen, String remedy) {

  /// Whether a thing is shared.
  enum State {
    /// The host's.
    SHARED("shared"),
    /// The host's, but the container may use it only so far.
    RESTRICTED("restricted"),
    /// The container's own.
    OWN("own"),
    /// It can't be told.
    UNKNOWN("unknown");

    private final String text;

    State(String text) {
      this.text = text;
    }

    /// Returns the word for it.
    String text() {
      return text;
    }
  }
}
