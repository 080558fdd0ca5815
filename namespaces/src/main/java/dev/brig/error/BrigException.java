package dev.brig.error;

/// The root of brig's exception family: a failure that is the world's or the user's, not a bug.
///
/// A bug is an [IllegalArgumentException], an [IllegalStateException] or an [AssertionError].
public abstract class BrigException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Failure failure;

  /// Makes an exception that carries this failure.
  protected BrigException(Failure failure) {
    super(failure.line());
    this.failure = failure;
  }

  /// Makes an exception that carries this failure and what led to it.
  protected BrigException(Failure failure, Throwable cause) {
    super(failure.line(), cause);
    this.failure = failure;
  }

  /// Returns the parts of the message.
  public Failure failure() {
    return failure;
  }
}
