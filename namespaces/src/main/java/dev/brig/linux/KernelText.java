package dev.brig.linux;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// Strings as the kernel has them: any bytes but NUL, mostly UTF-8.
///
/// A file name need not be UTF-8. A byte that is not part of valid UTF-8 is kept in a Java string
/// as a lone low surrogate, U+DC80 to U+DCFF, and comes out as the same byte again, so that a name
/// read from a directory or an archive names the same file when it goes back to the kernel.
///
/// @see <a href="https://peps.python.org/pep-0383/">PEP 383</a>
public final class KernelText {
  private static final char ESCAPE = '\uDC00';

  private KernelText() {}

  /// Returns the bytes of a string, without NUL at the end.
  public static byte[] encode(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (isEscape(c) && !(i > 0 && Character.isHighSurrogate(text.charAt(i - 1)))) {
        return encodeEscaped(text);
      }
    }
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /// Returns the string for some bytes; [#encode] gives the same bytes back.
  public static String decode(byte[] bytes) {
    return decode(bytes, 0, bytes.length);
  }

  /// Returns the string for a part of some bytes; [#encode] gives the same bytes back.
  ///
  /// @param bytes holds the part
  /// @param offset where it begins
  /// @param length how many bytes it has
  public static String decode(byte[] bytes, int offset, int length) {
    String text = new String(bytes, offset, length, StandardCharsets.UTF_8);
    if (text.indexOf('\uFFFD') < 0) {
      return text;
    }
    StringBuilder out = new StringBuilder(length);
    int end = offset + length;
    int at = offset;
    while (at < end) {
      int size = validLength(bytes, at, end);
      if (size == 0) {
        out.append((char) (ESCAPE | (bytes[at] & 0xff)));
        at++;
      } else {
        out.append(new String(bytes, at, size, StandardCharsets.UTF_8));
        at += size;
      }
    }
    return out.toString();
  }

  private static boolean isEscape(char c) {
    return c >= '\uDC80' && c <= '\uDCFF';
  }

  private static byte[] encodeEscaped(String text) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(text.length() + 16);
    int at = 0;
    while (at < text.length()) {
      int point = text.codePointAt(at);
      if (point <= 0xFFFF && isEscape((char) point)) {
        out.write(point & 0xff);
      } else {
        out.writeBytes(Character.toString(point).getBytes(StandardCharsets.UTF_8));
      }
      at += Character.charCount(point);
    }
    return out.toByteArray();
  }

  // The length of the valid UTF-8 sequence that starts here, or zero: no overlong forms, no
  // surrogates,
  // nothing above U+10FFFF (RFC 3629, section 4).
  private static int validLength(byte[] bytes, int at, int end) {
    int first = bytes[at] & 0xff;
    if (first < 0x80) {
      return 1;
    }
    int size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || at + size > end) {
      return 0;
    }
    int second = bytes[at + 1] & 0xff;
    int low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    int high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    if (second < low || second > high) {
      return 0;
    }
    for (int i = 2; i < size; i++) {
      if ((bytes[at + i] & 0xc0) != 0x80) {
        return 0;
      }
    }
    return size;
  }
}
