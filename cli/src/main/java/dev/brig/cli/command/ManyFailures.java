package dev.brig.cli.command;

import dev.brig.error.BrigException;
import java.util.List;

/// Several containers or images were named, and what was asked for failed for more than one.
public final class ManyFailures extends BrigException {
  private static final long serialVersionUID = 1L;

  private final transient List<BrigException> failures;

  /// Makes an exception for failures, of which each will be told.
  ///
  /// @param failures at least one
  public ManyFailures(List<BrigException> failures) {
    super(failures.getFirst().failure());
    this.failures = List.copyOf(failures);
  }

  /// Returns the failures in the order in which they happened.
  public List<BrigException> failures() {
    return failures;
  }
}
