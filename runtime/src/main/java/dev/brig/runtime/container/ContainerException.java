package dev.brig.runtime.container;

import dev.brig.error.BrigException;
import dev.brig.error.Failure;

/// A container is not there, is in the wrong state for what was asked, or its files are damaged.
public final class ContainerException extends BrigException {
  private static final long serialVersionUID = 1L;

  private final Problem problem;

  /// What is wrong, for callers that tell the cases apart.
  public enum Problem {
    /// No container has the name or the identifier.
    NO_SUCH_CONTAINER,
    /// Several containers' identifiers begin so.
    AMBIGUOUS,
    /// The name belongs to another container.
    NAME_TAKEN,
    /// The name breaks the rules for names.
    BAD_NAME,
    /// The container's state does not allow the operation.
    WRONG_STATE,
    /// Another brig works on the container and does not end.
    BUSY,
    /// The container's files, or the directories for them, are not as brig left them.
    DAMAGED
  }

  /// Makes an exception.
  ///
  /// @param problem what is wrong, for callers
  /// @param step what was attempted: `start web`
  /// @param finding what is wrong, for people
  /// @param hint the remedy, or empty
  public ContainerException(Problem problem, String step, String finding, String hint) {
    super(Failure.of(step, finding, hint));
    this.problem = problem;
  }

  /// Returns what is wrong.
  public Problem problem() {
    return problem;
  }
}
