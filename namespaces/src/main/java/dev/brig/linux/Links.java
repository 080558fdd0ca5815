package dev.brig.linux;

/// What a call does with a symbolic link at the end of its path. Links in the middle are always
/// followed, unless [FileCalls#openat2] is told otherwise.
public enum Links {
  /// The call is about what the link points to.
  FOLLOW,
  /// The call is about the link itself.
  NOFOLLOW;

  private static final int AT_SYMLINK_NOFOLLOW = 0x100;

  int atFlag() {
    return this == NOFOLLOW ? AT_SYMLINK_NOFOLLOW : 0;
  }
}
