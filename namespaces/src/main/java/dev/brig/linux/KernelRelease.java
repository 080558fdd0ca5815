package dev.brig.linux;

/// The release of a Linux kernel, `6.18.3-cloud` for example, as far as features depend on it.
///
/// @param major the number before the first dot
/// @param minor the number after it
/// @param text the whole release as uname(2) gives it
public record KernelRelease(int major, int minor, String text) {

  /// Returns the release of this text. What can't be read counts as zero.
  public static KernelRelease parse(String text) {
    int dot = text.indexOf('.');
    int end = dot + 1;
    while (end < text.length() && Character.isDigit(text.charAt(end))) {
      end++;
    }
    int major = dot < 0 ? 0 : Decimal.parse(text.substring(0, dot));
    int minor = dot < 0 ? 0 : Decimal.parse(text.substring(dot + 1, end));
    return new KernelRelease(Math.max(major, 0), Math.max(minor, 0), text);
  }

  /// Tells whether this is a release or a later one.
  public boolean atLeast(int otherMajor, int otherMinor) {
    return major > otherMajor || (major == otherMajor && minor >= otherMinor);
  }

  @Override
  public String toString() {
    return text;
  }
}
