package dev.brig.runtime.container;

import java.util.Optional;

/// How far a container is separated from its host: `--isolation`. Each degree has what the one
/// before it has, and more.
public enum Degree {
  /// A process of the host's, in the directory of the image.
  BARE("bare"),
  /// chroot(2) into the image.
  CHROOT("chroot"),
  /// Namespaces and pivot_root(2), with all capabilities, and neither a filter of system calls nor
  /// hidden paths.
  NAMESPACES("namespaces"),
  /// All that brig has.
  CONTAINER("container"),
  /// A kernel of its own in user space: gVisor's runsc.
  GVISOR("gvisor"),
  /// A kernel of its own on a machine of its own: QEMU.
  VM("vm");

  private final String text;

  Degree(String text) {
    this.text = text;
  }

  /// Returns the degree of a word.
  ///
  /// @param word as on the command line: `chroot`
  public static Optional<Degree> of(String word) {
    for (Degree degree : values()) {
      if (degree.text.equals(word)) {
        return Optional.of(degree);
      }
    }
    return Optional.empty();
  }

  /// Returns the word for it on the command line.
  public String text() {
    return text;
  }

  /// Tells whether processes run in the host's namespaces, and the root is mounted where everybody
  /// sees it.
  public boolean isInView() {
    return this == BARE || this == CHROOT;
  }

  /// Tells whether the container's processes are under another kernel than the host's.
  public boolean hasOwnKernel() {
    return this == GVISOR || this == VM;
  }
}
