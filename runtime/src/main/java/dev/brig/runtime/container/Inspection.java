package dev.brig.runtime.container;

import dev.brig.runtime.spec.Spec;
import java.util.List;

/// All that brig knows of a container, for `inspect`.
///
/// @param container the container as it was found
/// @param spec its configuration
/// @param reasons what is known of why it ended
public record Inspection(Container container, Spec spec, List<Reason> reasons) {
  /// Copies the list.
  public Inspection {
    reasons = List.copyOf(reasons);
  }
}
