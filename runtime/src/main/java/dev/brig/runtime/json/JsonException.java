package dev.brig.runtime.json;

import dev.brig.error.BrigException;
import dev.brig.error.Failure;

/// A document that is not JSON, or whose values are not those that its reader expects.
public final class JsonException extends BrigException {
  private static final long serialVersionUID = 1L;

  private final String pointer;

  /// Makes an exception for one place in a document.
  ///
  /// @param pointer the JSON pointer (RFC 6901) of the offending value; empty for the whole
  ///   document
  /// @param finding what is wrong, naming the value
  /// @param hint what would be right, or empty
  public JsonException(String pointer, String finding, String hint) {
    super(Failure.of("JSON" + (pointer.isEmpty() ? "" : " " + pointer), finding, hint));
    this.pointer = pointer;
  }

  /// Returns the JSON pointer of the offending value; empty for the whole document.
  public String pointer() {
    return pointer;
  }
}
