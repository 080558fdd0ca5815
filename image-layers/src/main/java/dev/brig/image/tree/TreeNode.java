package dev.brig.image.tree;

import dev.brig.linux.Fd;
import dev.brig.linux.FileStatus;
import dev.brig.linux.FileType;

/// A file that is held open, whatever becomes of its name.
///
/// @param fd opened with `O_PATH|O_NOFOLLOW`
/// @param status what it is
public record TreeNode(Fd fd, FileStatus status) implements AutoCloseable {

  /// Tells whether it is a directory.
  public boolean isDirectory() {
    return status.isDirectory();
  }

  /// Tells whether it is what overlayfs writes for a name that is removed.
  public boolean isWhiteout() {
    return status.type() == FileType.CHARACTER_DEVICE && status.special().number() == 0;
  }

  @Override
  public void close() {
    fd.close();
  }
}
