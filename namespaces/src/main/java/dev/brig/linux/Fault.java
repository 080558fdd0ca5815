package dev.brig.linux;

/// Which call of a kernel is to fail, for tests.
///
/// @param call its number, from 1, close(2) not counted
/// @param extent whether those after it fail too
/// @param errno the error
public record Fault(int call, Extent extent, Errno errno) {

  /// How many calls fail.
  public enum Extent {
    /// The chosen call and no other.
    ONCE,
    /// The chosen call and all after it: nothing can be cleaned up by calls of this kernel.
    FROM_THEN_ON
  }

  boolean hits(int number) {
    return switch (extent) {
      case ONCE -> number == call;
      case FROM_THEN_ON -> number >= call;
    };
  }
}
