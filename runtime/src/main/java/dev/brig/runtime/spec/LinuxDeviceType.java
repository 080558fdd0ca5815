package dev.brig.runtime.spec;

import org.jspecify.annotations.Nullable;

/// Kinds of device node, as mknod(1) writes them.
public enum LinuxDeviceType {
  /// A character device.
  CHARACTER("c"),
  /// A block device.
  BLOCK("b"),
  /// An unbuffered character device: the same as a character device on Linux.
  UNBUFFERED("u"),
  /// A named pipe.
  FIFO("p");

  private final String text;

  LinuxDeviceType(String text) {
    this.text = text;
  }

  /// Returns the letter in JSON.
  public String text() {
    return text;
  }

  /// Returns the kind that JSON names so, or null.
  static @Nullable LinuxDeviceType of(String text) {
    for (LinuxDeviceType type : values()) {
      if (type.text.equals(text)) {
        return type;
      }
    }
    return null;
  }
}
