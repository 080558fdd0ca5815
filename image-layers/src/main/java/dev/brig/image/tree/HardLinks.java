package dev.brig.image.tree;

import dev.brig.linux.Device;
import dev.brig.linux.FileStatus;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Which files were met before by another name.
final class HardLinks {
  private final Map<Inode, String> known = new HashMap<>();

  private record Inode(Device device, long number) {}

  /// Returns the name by which a file was met before; if it was not, remembers this one.
  Optional<String> earlier(FileStatus status, String path) {
    if (status.linkCount() < 2 || status.isDirectory()) {
      return Optional.empty();
    }
    return Optional.ofNullable(known.putIfAbsent(new Inode(status.device(), status.inode()), path));
  }
}
