package dev.brig.diagnose;

import java.util.Optional;

/// A search for one kind of cause.
interface Examination {

  /// Looks whether this kind of cause is behind a failure.
  ///
  /// @return what was found, or empty if nothing was, or if the call is of another kind
  Optional<Finding> examine(FailedCall call, Surroundings surroundings);
}
