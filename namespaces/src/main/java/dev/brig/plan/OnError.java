package dev.brig.plan;

import dev.brig.linux.Errno;
import java.util.Set;

/// What the program does when a call returns an error (a value from -4095 to -1).
public sealed interface OnError {

  /// Goes to the handler of the enclosing [Op.Guard] with the number of the step and the errno.
  record Abort() implements OnError {}

  /// Goes on for the errors named, with the negative number in the result slot; any other aborts.
  ///
  /// @param errnos the errors that do no harm here
  record Tolerate(Set<Errno> errnos) implements OnError {
    /// Copies the set.
    public Tolerate {
      errnos = Set.copyOf(errnos);
    }
  }

  /// Goes to a label for the errors named, with the negative number in the result slot; any other
  /// aborts.
  ///
  /// @param errnos the errors that have another way around
  /// @param label where that way begins
  record Divert(Set<Errno> errnos, Label label) implements OnError {
    /// Copies the set.
    public Divert {
      errnos = Set.copyOf(errnos);
    }
  }

  /// Goes on whatever the error, with the negative number in the result slot: cleaning up goes on,
  /// and the last words of a failing process may go unheard.
  record Ignore() implements OnError {}
}
