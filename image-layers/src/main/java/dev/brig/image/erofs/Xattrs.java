package dev.brig.image.erofs;

import dev.brig.linux.KernelText;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/// Extended attributes as they lie behind an inode, `struct erofs_xattr_ibody_header` and entries.
///
/// All of an inode's attributes are its own. Sharing them between inodes would save a few hundred
/// kilobytes where each file has a security label, and nothing in images as they are.
public final class Xattrs {
  /// The format keeps a value's length in 16 bits: one byte less than Linux allows.
  public static final int VALUE_BYTES_MAX = 0xffff;

  /// The format counts an inode's attributes in 16 bits of four bytes each.
  public static final int ALL_BYTES_MAX = Format.XATTR_HEADER_BYTES + 4 * 0xfffe;

  private static final String[] PREFIXES = {
    "",
    "user.",
    "system.posix_acl_access",
    "system.posix_acl_default",
    "trusted.",
    "lustre.",
    "security."
  };

  private Xattrs() {}

  /// Tells whether the format has a place for an attribute.
  ///
  /// @param name with its namespace
  /// @param valueBytes how long its value is
  public static boolean holds(String name, int valueBytes) {
    return valueBytes <= VALUE_BYTES_MAX && prefix(name) > 0;
  }

  /// Returns how much room an attribute takes, in bytes.
  ///
  /// @param name one that [#holds]
  /// @param valueBytes how long its value is
  public static int bytes(String name, int valueBytes) {
    int suffix = KernelText.encode(name.substring(PREFIXES[prefix(name)].length())).length;
    return (int) Format.roundUp(Format.XATTR_ENTRY_BYTES + suffix + valueBytes, 4);
  }

  // Zero for a name that the format does not know.
  private static int prefix(String name) {
    return switch (name) {
      case "system.posix_acl_access" -> 2;
      case "system.posix_acl_default" -> 3;
      default ->
          name.startsWith("user.") && name.length() > 5
              ? 1
              : name.startsWith("trusted.") && name.length() > 8
                  ? 4
                  : name.startsWith("security.") && name.length() > 9 ? 6 : 0;
    };
  }

  /// Returns the bytes behind an inode, none if there are no attributes. Ordered by name, so that
  /// equal attributes make equal bytes.
  static byte[] encode(Map<String, byte[]> xattrs) {
    if (xattrs.isEmpty()) {
      return new byte[0];
    }
    int size = Format.XATTR_HEADER_BYTES;
    for (Map.Entry<String, byte[]> each : xattrs.entrySet()) {
      size += bytes(each.getKey(), each.getValue().length);
    }
    if (size > ALL_BYTES_MAX) {
      throw new IllegalArgumentException(size + " bytes of attributes");
    }
    byte[] bytes = new byte[size];
    ByteBuffer body = Format.wrap(bytes).position(Format.XATTR_HEADER_BYTES);
    for (Map.Entry<String, byte[]> each : new TreeMap<>(xattrs).entrySet()) {
      int prefix = prefix(each.getKey());
      byte[] name = KernelText.encode(each.getKey().substring(PREFIXES[prefix].length()));
      body.put((byte) name.length).put((byte) prefix).putShort((short) each.getValue().length);
      body.put(name).put(each.getValue());
      body.position((int) Format.roundUp(body.position(), 4));
    }
    return bytes;
  }

  /// Returns what [#encode] made bytes of; entries that make no sense end it.
  static Map<String, byte[]> decode(byte[] bytes) {
    Map<String, byte[]> xattrs = new LinkedHashMap<>();
    ByteBuffer body = Format.wrap(bytes);
    if (bytes.length < Format.XATTR_HEADER_BYTES) {
      return xattrs;
    }
    // Shared attributes would follow the header; brig's images have none.
    int at = Format.XATTR_HEADER_BYTES + 4 * (body.get(4) & 0xff);
    while (at + Format.XATTR_ENTRY_BYTES <= bytes.length) {
      int nameLength = body.get(at) & 0xff;
      int prefix = body.get(at + 1) & 0xff;
      int valueLength = body.getShort(at + 2) & 0xffff;
      int start = at + Format.XATTR_ENTRY_BYTES;
      int end = start + nameLength + valueLength;
      if (end > bytes.length || prefix == 0 || prefix >= PREFIXES.length) {
        break;
      }
      byte[] value = new byte[valueLength];
      body.get(start + nameLength, value);
      xattrs.put(PREFIXES[prefix] + KernelText.decode(bytes, start, nameLength), value);
      at = (int) Format.roundUp(end, 4);
    }
    return xattrs;
  }
}
