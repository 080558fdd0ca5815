package dev.brig.image.tree;

import dev.brig.image.ImageException;
import dev.brig.image.layer.Attributes;
import dev.brig.image.layer.TarContent;
import dev.brig.image.layer.TarEntry;
import dev.brig.image.tree.TreeComparison.Change;
import dev.brig.linux.Fd;
import java.util.Map;
import java.util.Optional;

/// Makes an image layer out of a comparison: what was removed becomes a whiteout, before its
/// siblings; everything else an entry.
///
/// @see <a href="https://github.com/opencontainers/image-spec/blob/main/layer.md">image layer
///   filesystem changeset</a>
public final class LayerSink implements TreeComparison.Visitor {
  private static final String WHITEOUT = ".wh.";

  private final TreeFiles files;
  private final EntrySink sink;
  private final HardLinks links = new HardLinks();

  /// Makes a sink.
  ///
  /// @param files reads the tree
  /// @param sink takes the layer's entries
  public LayerSink(TreeFiles files, EntrySink sink) {
    this.files = files;
    this.sink = sink;
  }

  @Override
  public void removed(String path) {
    int slash = path.lastIndexOf('/') + 1;
    String name = path.substring(0, slash) + WHITEOUT + path.substring(slash);
    // Without a time of its own, so that the same change makes the same layer.
    Attributes attributes = new Attributes(0, 0, 0, 0, 0, Map.of());
    sink.add(new TarEntry(name, new TarContent.RegularFile(0), attributes), EntrySink.NO_BYTES);
  }

  @Override
  public void found(String path, TreeNode node, Change change) {
    if (ChangeList.isMountPoint(path, node, change)) {
      return;
    }
    checkName(path);
    Optional<TarContent> content = files.content(node);
    if (content.isEmpty()) {
      // A socket.
      return;
    }
    String name = path.isEmpty() ? "." : path;
    Attributes attributes = files.attributes(node);
    Optional<String> earlier = links.earlier(node.status(), name);
    if (earlier.isPresent()) {
      TarContent link = new TarContent.HardLink(earlier.get());
      sink.add(new TarEntry(name, link, attributes), EntrySink.NO_BYTES);
    } else if (content.get() instanceof TarContent.RegularFile) {
      try (Fd fd = files.regular(node)) {
        sink.add(new TarEntry(name, content.get(), attributes), new EntrySink.FileBytes.OfFile(fd));
      }
    } else {
      sink.add(new TarEntry(name, content.get(), attributes), EntrySink.NO_BYTES);
    }
  }

  private static void checkName(String path) {
    if (path.startsWith(WHITEOUT, path.lastIndexOf('/') + 1)) {
      throw new ImageException(
          "\"/" + path + "\"",
          "a layer cannot hold this name: there .wh. marks what was removed",
          "rename or remove the file");
    }
  }
}
