package dev.brig.image.layer;

import dev.brig.linux.Fd;
import dev.brig.linux.Kernel;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Whose the unpacked files are.
public enum Ownership {
  /// As the layer says, which takes root.
  KEPT,
  /// As the layer says, in the ids of a user namespace that this process is root of. What belongs
  /// to an id that the namespace lacks becomes root's.
  MAPPED,
  /// All the caller's: an ordinary user cannot give files away, and in a user namespace where the
  /// caller is root that is all there is.
  CALLER;

  /// Returns whose files can be made by this process.
  public static Ownership of(Kernel kernel) {
    if (kernel.processes().euid() != 0) {
      return CALLER;
    }
    Optional<byte[]> map = kernel.files().readIfPresent(Fd.CWD, "/proc/self/uid_map", 64 * 1024);
    String text = new String(map.orElse(new byte[0]), StandardCharsets.US_ASCII);
    // First id, first id outside, count: the initial namespace has one line that maps all.
    boolean initial = text.isEmpty() || text.strip().endsWith("4294967295");
    return initial ? KEPT : MAPPED;
  }
}
