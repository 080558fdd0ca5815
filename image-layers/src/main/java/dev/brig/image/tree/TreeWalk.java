package dev.brig.image.tree;

import dev.brig.image.layer.Attributes;
import dev.brig.image.layer.TarContent;
import dev.brig.image.layer.TarEntry;
import dev.brig.linux.Fd;
import dev.brig.linux.FilesystemStatus;
import dev.brig.linux.KernelException;
import java.util.Optional;

/// Hands the files of a tree to a sink, sorted by name, each file once and its further names as
/// hard links. A directory on which something is mounted is handed over without what is in it.
public final class TreeWalk {
  private final TreeFiles files;
  private final EntrySink sink;
  private final HardLinks links = new HardLinks();
  private final Mounts mounts;

  /// Whether to go on into what is mounted in the tree.
  public enum Mounts {
    /// Yes, unless what is there is kept nowhere, as the files of `/proc` are.
    ENTERED,
    /// No: a mount point is an empty directory.
    LEFT_OUT
  }

  /// Makes a walk, which may lead through several trees of one file system.
  ///
  /// @param files reads the trees
  /// @param sink takes the files
  /// @param mounts whether to go on into what is mounted
  public TreeWalk(TreeFiles files, EntrySink sink, Mounts mounts) {
    this.files = files;
    this.sink = sink;
    this.mounts = mounts;
  }

  /// Hands over a file, and if it is a directory all that is in it.
  ///
  /// @param node the file
  /// @param name the name that it is given
  public void add(TreeNode node, String name) {
    if (!addOne(node, name) || !node.isDirectory()) {
      return;
    }
    addContents(node, name);
  }

  /// Hands over what is in a directory, and not the directory itself.
  ///
  /// @param node the directory
  /// @param name the name that the directory is given; empty for names without one
  public void addContents(TreeNode node, String name) {
    try (Fd directory = files.directory(node)) {
      for (String child : files.names(directory)) {
        addChild(node, directory, child, TreeFiles.path(name, child));
      }
    }
  }

  private void addChild(TreeNode parent, Fd directory, String child, String path) {
    Optional<TreeNode> found = files.findRaw(directory, child);
    if (found.isEmpty()) {
      // Somebody removed it meanwhile.
      return;
    }
    try (TreeNode node = found.get()) {
      boolean mounted = node.status().mountId() != parent.status().mountId();
      if (addOne(node, path)
          && node.isDirectory()
          && !(mounted && (mounts == Mounts.LEFT_OUT || isMadeUp(node)))) {
        addContents(node, path);
      }
    }
  }

  /// Tells whether a file system's files are not kept anywhere: `/proc`, `/sys`, a tmpfs. docker
  /// and podman do not copy them either.
  private boolean isMadeUp(TreeNode node) {
    long type = files.kernel().attributes().statfs(node.fd().path()).type();
    return FilesystemStatus.MADE_UP.contains(type);
  }

  /// Hands over one file; false if it is of no kind that can be handed over.
  private boolean addOne(TreeNode node, String path) {
    Optional<TarContent> content = files.content(node);
    if (content.isEmpty()) {
      return false;
    }
    Attributes attributes = files.attributes(node);
    Optional<String> earlier = links.earlier(node.status(), path);
    if (earlier.isPresent()) {
      TarContent link = new TarContent.HardLink(earlier.get());
      sink.add(new TarEntry(path, link, attributes), EntrySink.NO_BYTES);
      return true;
    }
    TarEntry entry = new TarEntry(path, content.get(), attributes);
    if (content.get() instanceof TarContent.RegularFile) {
      addRegular(node, entry);
    } else {
      sink.add(entry, EntrySink.NO_BYTES);
    }
    return true;
  }

  private void addRegular(TreeNode node, TarEntry entry) {
    try (Fd fd = files.regular(node)) {
      sink.add(entry, new EntrySink.FileBytes.OfFile(fd));
    } catch (KernelException e) {
      throw e.failure().step().isEmpty() ? e.during("copy \"" + entry.name() + "\"") : e;
    }
  }
}
