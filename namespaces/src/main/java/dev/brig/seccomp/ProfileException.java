package dev.brig.seccomp;

/// A profile is wrong at a place; [SeccompProfileReader] turns it into a usage error.
final class ProfileException extends Exception {
  private static final long serialVersionUID = 1L;

  /// Makes an exception.
  ///
  /// @param pointer where in the JSON, `syscalls[3].action`
  /// @param finding what is wrong there
  ProfileException(String pointer, String finding) {
    super(pointer.isEmpty() ? finding : pointer + ": " + finding);
  }
}
