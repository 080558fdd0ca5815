package dev.brig.linux;

/// A device number.
///
/// @param major the driver
/// @param minor the device among the driver's
/// @see <a href="https://man7.org/linux/man-pages/man3/makedev.3.html">makedev(3)</a>
public record Device(int major, int minor) {

  /// Returns the number as mknodat(2) takes it.
  public long number() {
    return (major & 0xffff_f000L) << 32
        | (major & 0xfffL) << 8
        | (minor & 0xffff_ff00L) << 12
        | (minor & 0xffL);
  }
}
