package dev.brig.image.registry;

import dev.brig.error.BrigException;
import dev.brig.error.Failure;

/// A registry cannot be reached, does not have what is asked for, or will not give it.
public final class RegistryException extends BrigException {
  private static final long serialVersionUID = 1L;

  private final int status;

  /// Makes an exception.
  ///
  /// @param subject what was asked for, of which registry
  /// @param finding why it is not to be had
  /// @param hint the remedy, or empty
  public RegistryException(String subject, String finding, String hint) {
    super(Failure.of(subject, finding, hint));
    this.status = 0;
  }

  /// Makes an exception for an answer of a registry.
  ///
  /// @param subject what was asked for, of which registry
  /// @param finding why it is not to be had
  /// @param hint the remedy, or empty
  /// @param status the answer's HTTP status
  RegistryException(String subject, String finding, String hint, int status) {
    super(Failure.of(subject, finding, hint));
    this.status = status;
  }

  /// Makes an exception for a failure of the network.
  ///
  /// @param subject what was asked for, of which registry
  /// @param finding why it is not to be had
  /// @param hint the remedy, or empty
  /// @param cause the failure below
  RegistryException(String subject, String finding, String hint, Throwable cause) {
    super(Failure.of(subject, finding, hint), cause);
    this.status = 0;
  }

  /// Returns the HTTP status of the registry's answer, or 0 if there was none.
  int status() {
    return status;
  }
}
