package dev.brig.runtime.oci;

import dev.brig.error.BrigException;
import dev.brig.error.Failure;

/// A container is not there or not in the state that an operation needs. The words are runc's:
/// podman, containerd and CRI-O look for them.
public final class BundleException extends BrigException {
  private static final long serialVersionUID = 1L;

  /// Makes an exception.
  ///
  /// @param finding what is wrong
  public BundleException(String finding) {
    super(Failure.of("", finding, ""));
  }

  /// Makes an exception with a remedy.
  ///
  /// @param finding what is wrong
  /// @param hint the remedy
  public BundleException(String finding, String hint) {
    super(Failure.of("", finding, hint));
  }
}
