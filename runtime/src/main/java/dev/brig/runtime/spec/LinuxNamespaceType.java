package dev.brig.runtime.spec;

import org.jspecify.annotations.Nullable;

/// The eight kinds of namespace by the specification's names.
///
/// @see <a href="https://man7.org/linux/man-pages/man7/namespaces.7.html">namespaces(7)</a>
public enum LinuxNamespaceType {
  PID("pid"),
  NETWORK("network"),
  MOUNT("mount"),
  IPC("ipc"),
  UTS("uts"),
  USER("user"),
  CGROUP("cgroup"),
  TIME("time");

  private final String text;

  LinuxNamespaceType(String text) {
    this.text = text;
  }

  /// Returns the name in JSON.
  public String text() {
    return text;
  }

  /// Returns the kind that JSON names so, or null.
  static @Nullable LinuxNamespaceType of(String text) {
    for (LinuxNamespaceType type : values()) {
      if (type.text.equals(text)) {
        return type;
      }
    }
    return null;
  }
}
