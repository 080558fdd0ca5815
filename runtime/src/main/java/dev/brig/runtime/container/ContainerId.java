package dev.brig.runtime.container;

import dev.brig.linux.Fd;
import dev.brig.linux.Kernel;
import dev.brig.linux.OpenFlag;
import java.nio.ByteBuffer;

/// The identifier of a container: 64 hexadecimal digits, of which people see twelve.
///
/// @param text the digits, in lower case
public record ContainerId(String text) implements Comparable<ContainerId> {
  /// How many digits an identifier has.
  public static final int LENGTH = 64;

  private static final int SHORT_LENGTH = 12;
  private static final String DIGITS = "0123456789abcdef";

  /// Refuses what is not an identifier.
  ///
  /// @throws IllegalArgumentException if the text is not 64 lower-case hexadecimal digits
  public ContainerId {
    if (!isId(text)) {
      throw new IllegalArgumentException("not a container id: " + text);
    }
  }

  /// Returns a new random identifier.
  ///
  /// The bytes come from the kernel; `SecureRandom` would cost a cold JVM more than the rest of a
  /// container's creation.
  public static ContainerId random(Kernel kernel) {
    try (Fd random = kernel.files().openat(Fd.CWD, "/dev/urandom", OpenFlag.O_RDONLY)) {
      ByteBuffer bytes = ByteBuffer.allocate(LENGTH / 2);
      while (bytes.hasRemaining()) {
        var _ = kernel.files().read(random, bytes);
      }
      return new ContainerId(hex(bytes.array()));
    }
  }

  /// Tells whether the text is a whole identifier.
  public static boolean isId(String text) {
    return text.length() == LENGTH && isPrefix(text);
  }

  /// Tells whether the text could be the beginning of an identifier.
  public static boolean isPrefix(String text) {
    if (text.isEmpty() || text.length() > LENGTH) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (DIGITS.indexOf(text.charAt(i)) < 0) {
        return false;
      }
    }
    return true;
  }

  /// Returns the first twelve digits, which is how people are told of a container.
  public String shortText() {
    return text.substring(0, SHORT_LENGTH);
  }

  @Override
  public int compareTo(ContainerId other) {
    return text.compareTo(other.text);
  }

  /// Returns all digits.
  @Override
  public String toString() {
    return text;
  }

  private static String hex(byte[] bytes) {
    char[] digits = new char[bytes.length * 2];
    for (int i = 0; i < bytes.length; i++) {
      digits[2 * i] = DIGITS.charAt((bytes[i] >> 4) & 0xf);
      digits[2 * i + 1] = DIGITS.charAt(bytes[i] & 0xf);
    }
    return new String(digits);
  }
}
