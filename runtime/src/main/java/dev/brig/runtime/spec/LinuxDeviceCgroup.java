package dev.brig.runtime.spec;

import org.jspecify.annotations.Nullable;

/// A rule of the device controller (`linux.resources.devices[]`); later rules win.
///
/// @param allow whether the devices are allowed or denied
/// @param type which kinds of device
/// @param major the major number; null for any
/// @param minor the minor number; null for any
/// @param access any of `r`, `w` and `m` (mknod); empty for none
public record LinuxDeviceCgroup(
    boolean allow, Type type, @Nullable Long major, @Nullable Long minor, String access) {

  /// Kinds of device that a rule is about.
  public enum Type {
    /// Block and character devices, also when JSON names no kind.
    ALL("a"),
    /// Character devices.
    CHARACTER("c"),
    /// Block devices.
    BLOCK("b");

    private final String text;

    Type(String text) {
      this.text = text;
    }

    /// Returns the letter in JSON.
    public String text() {
      return text;
    }

    /// Returns the kind that JSON names so, or null.
    static @Nullable Type of(String text) {
      for (Type type : values()) {
        if (type.text.equals(text)) {
          return type;
        }
      }
      return null;
    }
  }
}
