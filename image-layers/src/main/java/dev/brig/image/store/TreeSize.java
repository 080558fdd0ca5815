package dev.brig.image.store;

import dev.brig.linux.DirectoryEntry;
import dev.brig.linux.Fd;
import dev.brig.linux.FileStatus;
import dev.brig.linux.Kernel;
import dev.brig.linux.KernelException;
import dev.brig.linux.Links;
import dev.brig.linux.OpenFlag;
import java.util.HashSet;
import java.util.Set;

/// How much room a file or a tree takes on disk, each file counted once whatever number of names it
/// has.
final class TreeSize {
  private static final int BLOCK_BYTES = 512;

  private final Kernel kernel;
  private final Set<Long> counted = new HashSet<>();
  private long bytes;

  private TreeSize(Kernel kernel) {
    this.kernel = kernel;
  }

  /// Returns the room that a file of the store takes, in bytes; 0 if it is not there. What an
  /// ordinary user may not look into is counted as empty.
  static long of(StoreFiles files, String path) {
    FileStatus status = files.status(path);
    if (status == null) {
      return 0;
    }
    TreeSize size = new TreeSize(files.kernel());
    size.add(files.root(), path, status);
    return size.bytes;
  }

  private void add(Fd directory, String name, FileStatus status) {
    if (status.linkCount() > 1 && !status.isDirectory() && !counted.add(status.inode())) {
      return;
    }
    bytes += status.blocks512() * BLOCK_BYTES;
    if (status.isDirectory()) {
      OpenFlag[] flags = {OpenFlag.O_RDONLY, OpenFlag.O_DIRECTORY, OpenFlag.O_NOFOLLOW};
      try (Fd fd = kernel.files().openat(directory, name, flags)) {
        for (DirectoryEntry entry : kernel.tree().list(fd)) {
          kernel
              .attributes()
              .statIfPresent(fd, entry.name(), Links.NOFOLLOW)
              .ifPresent(inner -> add(fd, entry.name(), inner));
        }
      } catch (KernelException _) {
        // A directory that forbids its owner to look into it: ignored.
      }
    }
  }
}
