package dev.brig.runtime.spec;

import org.jspecify.annotations.Nullable;

/// How mounts propagate between the container's root and the host (`linux.rootfsPropagation`).
///
/// The specification has the first four; the recursive ones are what engines write for runc.
///
/// @see <a
///   href="https://man7.org/linux/man-pages/man7/mount_namespaces.7.html">mount_namespaces(7)</a>
public enum RootfsPropagation {
  SHARED("shared"),
  SLAVE("slave"),
  PRIVATE("private"),
  UNBINDABLE("unbindable"),
  RSHARED("rshared"),
  RSLAVE("rslave"),
  RPRIVATE("rprivate"),
  RUNBINDABLE("runbindable");

  private final String text;

  RootfsPropagation(String text) {
    this.text = text;
  }

  /// Returns the name in JSON.
  public String text() {
    return text;
  }

  /// Returns the propagation that JSON names so, or null.
  static @Nullable RootfsPropagation of(String text) {
    for (RootfsPropagation propagation : values()) {
      if (propagation.text.equals(text)) {
        return propagation;
      }
    }
    return null;
  }
}
