package dev.brig.cli.guest;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// Writes an archive that the kernel unpacks into its first root.
///
/// @see <a href="https://docs.kernel.org/driver-api/early-userspace/buffer-format.html">initramfs
///   buffer format</a>
final class Cpio {
  private static final int DIRECTORY = 0040755;
  private static final int EXECUTABLE = 0100755;
  private static final int CHARACTER_DEVICE = 0020600;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private int inode = 0;

  /// Adds a directory; its parent comes before it.
  Cpio directory(String path) {
    entry(path, DIRECTORY, new byte[0], 0, 0);
    return this;
  }

  /// Adds a file that can be executed.
  Cpio file(String path, byte[] content) {
    entry(path, EXECUTABLE, content, 0, 0);
    return this;
  }

  /// Adds a character device.
  Cpio device(String path, int major, int minor) {
    entry(path, CHARACTER_DEVICE, new byte[0], major, minor);
    return this;
  }

  /// Returns the archive.
  byte[] bytes() {
    entry("TRAILER!!!", 0, new byte[0], 0, 0);
    return out.toByteArray();
  }

  private void entry(String path, int mode, byte[] content, int major, int minor) {
    byte[] name = path.getBytes(StandardCharsets.UTF_8);
    StringBuilder header = new StringBuilder("070701");
    int[] fields = {
      inode++, mode, 0, 0, 1, 0, content.length, 0, 0, major, minor, name.length + 1, 0
    };
    for (int field : fields) {
      String digits = Integer.toHexString(field);
      header.append("00000000", 0, 8 - digits.length()).append(digits);
    }
    out.writeBytes(header.toString().getBytes(StandardCharsets.US_ASCII));
    out.writeBytes(name);
    out.write(0);
    pad();
    out.writeBytes(content);
    pad();
  }

  private void pad() {
    while (out.size() % 4 != 0) {
      out.write(0);
    }
  }
}
