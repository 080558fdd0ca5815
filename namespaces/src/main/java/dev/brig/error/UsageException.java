package dev.brig.error;

/// The user asked for something that is wrong in itself: a bad option value, a name that is taken.
public final class UsageException extends BrigException {
  private static final long serialVersionUID = 1L;

  /// Makes an exception for a wrong request.
  ///
  /// @param subject the option or argument at fault, as the user wrote it
  /// @param finding what is wrong with it
  /// @param hint what would be right, or empty
  public UsageException(String subject, String finding, String hint) {
    super(Failure.of(subject, finding, hint));
  }
}
