package dev.brig.runtime.compile;

import java.util.List;

/// How an init passes on a signal that it gets.
public sealed interface Delivery {
  /// By kill(2), to its child.
  record Direct() implements Delivery {}

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
