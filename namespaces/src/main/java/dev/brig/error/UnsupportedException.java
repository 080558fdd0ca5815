package dev.brig.error;

/// A valid request that this host, or brig, cannot honour: a missing controller, a missing kernel
/// feature.
public final class UnsupportedException extends BrigException {
  private static final long serialVersionUID = 1L;

  /// Makes an exception for a request that cannot be honoured here.
  ///
  /// @param subject what was asked for
  /// @param finding why it cannot be had here
  /// @param hint the remedy, or empty
  public UnsupportedException(String subject, String finding, String hint) {
    super(Failure.of(subject, finding, hint));
  }
}
