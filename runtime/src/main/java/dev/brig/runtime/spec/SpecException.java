package dev.brig.runtime.spec;

import dev.brig.error.BrigException;
import dev.brig.error.Failure;

/// A `config.json` that the specification does not allow: not JSON, a missing property, a value of
/// the wrong type, a value that the specification does not know.
public final class SpecException extends BrigException {
  private static final long serialVersionUID = 1L;

  private final String pointer;

  /// Makes an exception for one place in a configuration.
  ///
  /// @param pointer the JSON pointer (RFC 6901) of the offending value: `/linux/namespaces/2/type`;
  ///   empty for the whole document
  /// @param finding what is wrong, naming the value
  /// @param hint what would be right, or empty
  public SpecException(String pointer, String finding, String hint) {
    super(Failure.of("config.json" + (pointer.isEmpty() ? "" : " " + pointer), finding, hint));
    this.pointer = pointer;
  }

  /// Returns the JSON pointer of the offending value; empty for the whole document.
  public String pointer() {
    return pointer;
  }
}
