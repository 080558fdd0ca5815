package dev.brig.image.build;

import dev.brig.image.layer.Attributes;
import dev.brig.image.layer.TarContent;
import java.util.List;
import java.util.Optional;

/// A tree of files, looked at and not touched: a context, or the root of an image.
///
/// Paths have no slash in front and lead through directories only, never through a symbolic link:
/// who follows links is [PathWalk], so that none leads out of the tree. The empty path is the root.
public interface TreeView {

  /// Returns what is at a path, a link itself and not its target.
  ///
  /// @return empty if there is nothing, or a socket, which no image can have
  Optional<Node> look(String path);

  /// Returns the names in a directory, sorted.
  List<String> list(String path);

  /// A file.
  ///
  /// @param content its kind
  /// @param attributes mode, owner, time and extended attributes
  /// @param inode what its other names have in common with it, or empty if it has none
  record Node(TarContent content, Attributes attributes, String inode) {

    /// Tells whether it is a directory.
    public boolean isDirectory() {
      return content instanceof TarContent.Directory;
    }
  }
}
