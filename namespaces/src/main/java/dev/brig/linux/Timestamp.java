package dev.brig.linux;

/// A point in time as file systems store it.
///
/// @param seconds since 1970-01-01T00:00:00Z, negative before
/// @param nanos nanoseconds from 0 to 999 999 999, or one of the two special values of utimensat(2)
/// @see <a href="https://man7.org/linux/man-pages/man2/utimensat.2.html">utimensat(2)</a>
public record Timestamp(long seconds, int nanos) {
  /// Leaves the stored time as it is (UTIME_OMIT).
  public static final Timestamp OMIT = new Timestamp(0, (1 << 30) - 2);

  /// Stores the kernel's present time (UTIME_NOW).
  public static final Timestamp NOW = new Timestamp(0, (1 << 30) - 1);
}
