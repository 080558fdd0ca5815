package dev.brig.linux;

/// How an open file is locked.
///
/// @see <a href="https://man7.org/linux/man-pages/man2/flock.2.html">flock(2)</a>
public enum Lock {
  /// Any number of holders.
  SHARED,
  /// One holder, and no shared ones.
  EXCLUSIVE
}
