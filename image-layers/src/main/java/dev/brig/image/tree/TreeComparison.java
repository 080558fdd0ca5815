package dev.brig.image.tree;

import dev.brig.image.layer.Attributes;
import dev.brig.linux.Fd;
import dev.brig.linux.FileStatus;
import dev.brig.linux.FileType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Compares two trees, and tells a visitor what the later one has, name by name in order; what it
/// lacks of a directory before what it has.
///
/// *Guides* make that fast: the writable layers that make the later tree out of the earlier one.
/// Only names that are in one of them are looked at, and in directories that hide what is below
/// everything. The files themselves are always read from the later tree, so that it does not matter
/// how overlayfs keeps them.
///
/// @see <a href="https://docs.kernel.org/filesystems/overlayfs.html">overlayfs</a>
public final class TreeComparison {
  private static final int BUFFER_BYTES = 128 * 1024;

  private final TreeFiles files;
  private final Visitor visitor;
  private final @Nullable ByteBuffer[] buffers = new @Nullable ByteBuffer[2];

  /// How a file compares with the one of its name in the earlier tree.
  public enum Change {
    /// There was none.
    ADDED,
    /// It was otherwise.
    MODIFIED,
    /// It was another kind of file.
    REPLACED,
    /// It was the same.
    SAME
  }

  /// Takes what is found.
  public interface Visitor {
    /// A name of the earlier tree is not in the later one.
    ///
    /// @param path the path, relative
    void removed(String path);

    /// A file of the later tree.
    ///
    /// @param path the path, relative; empty for the root
    /// @param node the file, open while this is called
    /// @param change how it compares; SAME only for directories, and for what a guide has
    void found(String path, TreeNode node, Change change);

    /// All of a directory has been told.
    ///
    /// @param path the path that [#found] was given
    /// @param change how the directory compares
    default void left(String path, Change change) {}
  }

  /// What is looked at in a directory.
  private sealed interface Scope {
    /// All names.
    record All() implements Scope {}

    /// The names in these directories, the topmost first.
    record Guided(List<TreeNode> guides) implements Scope {}
  }

  /// Makes a comparison.
  ///
  /// @param files reads the trees
  /// @param visitor takes what is found
  public TreeComparison(TreeFiles files, Visitor visitor) {
    this.files = files;
    this.visitor = visitor;
  }

  /// Compares two trees.
  ///
  /// @param before the earlier one's root
  /// @param after the later one's root
  /// @param guides the writable layers' roots, the topmost first; none to compare everything
  public void run(Fd before, Fd after, List<Fd> guides) {
    List<TreeNode> roots = new ArrayList<>();
    try {
      for (Fd guide : guides) {
        roots.add(root(guide));
      }
      try (TreeNode earlier = root(before);
          TreeNode later = root(after)) {
        Scope scope = guides.isEmpty() ? new Scope.All() : new Scope.Guided(roots);
        Change change = isSame(earlier, later) ? Change.SAME : Change.MODIFIED;
        directory("", earlier, later, new Place(scope, change));
      }
    } finally {
      close(roots);
    }
  }

  /// Tells all of a tree, as if it had been empty before.
  ///
  /// @param tree the root
  public void tell(Fd tree) {
    try (TreeNode root = root(tree)) {
      directory("", null, root, new Place(new Scope.All(), Change.MODIFIED));
    }
  }

  private TreeNode root(Fd fd) {
    return files.findRaw(fd, ".").orElseThrow();
  }

  private static void close(List<TreeNode> nodes) {
    nodes.forEach(TreeNode::close);
  }

  /// How a directory is to be looked at, and how it compares itself.
  private record Place(Scope scope, Change change) {}

  private void directory(String path, @Nullable TreeNode before, TreeNode after, Place place) {
    visitor.found(path, after, place.change());
    SortedSet<String> names = names(before, after, place.scope());
    List<String> removed = new ArrayList<>();
    for (String name : names) {
      if (before != null && !isThere(after, name) && isThere(before, name)) {
        removed.add(name);
      }
    }
    for (String name : removed) {
      visitor.removed(TreeFiles.path(path, name));
    }
    names.removeAll(removed);
    for (String name : names) {
      child(TreeFiles.path(path, name), name, new Pair(before, after), place.scope());
    }
    visitor.left(path, place.change());
  }

  private record Pair(@Nullable TreeNode before, TreeNode after) {}

  private boolean isThere(TreeNode directory, String name) {
    Optional<TreeNode> node = files.find(directory.fd(), name);
    node.ifPresent(TreeNode::close);
    return node.isPresent();
  }

  private SortedSet<String> names(@Nullable TreeNode before, TreeNode after, Scope scope) {
    SortedSet<String> names = new TreeSet<>();
    switch (scope) {
      case Scope.All _ -> {
        addNames(after, names);
        if (before != null) {
          addNames(before, names);
        }
      }
      case Scope.Guided(List<TreeNode> guides) -> {
        for (TreeNode guide : guides) {
          addNames(guide, names);
        }
      }
    }
    return names;
  }

  private void addNames(TreeNode node, SortedSet<String> names) {
    try (Fd directory = files.directory(node)) {
      names.addAll(files.names(directory));
    }
  }

  private void child(String path, String name, Pair parents, Scope scope) {
    Optional<TreeNode> found = files.find(parents.after().fd(), name);
    if (found.isEmpty()) {
      // A mark for something that was not there, or removed meanwhile.
      return;
    }
    TreeNode above = parents.before();
    Optional<TreeNode> earlier = above == null ? Optional.empty() : files.find(above.fd(), name);
    List<TreeNode> guides = new ArrayList<>();
    try (TreeNode after = found.get()) {
      compare(path, earlier.orElse(null), after, below(scope, name, guides));
    } finally {
      earlier.ifPresent(TreeNode::close);
      close(guides);
    }
  }

  private void compare(String path, @Nullable TreeNode before, TreeNode after, Scope scope) {
    if (after.status().isMountRoot()) {
      // Seen through a running container's eyes: no part of its root.
      return;
    }
    Change change = change(before, after);
    if (after.isDirectory()) {
      boolean merged = before != null && before.isDirectory();
      Scope inside = merged ? scope : new Scope.All();
      directory(path, merged ? before : null, after, new Place(inside, change));
    } else if (change != Change.SAME || scope instanceof Scope.Guided) {
      visitor.found(path, after, change);
    }
  }

  private Change change(@Nullable TreeNode before, TreeNode after) {
    if (before == null) {
      return Change.ADDED;
    }
    if (before.status().type() != after.status().type()) {
      return Change.REPLACED;
    }
    return isSame(before, after) ? Change.SAME : Change.MODIFIED;
  }

  /// Returns what is looked at in a child.
  ///
  /// @param opened receives the guides' directories, which the caller closes
  private Scope below(Scope scope, String name, List<TreeNode> opened) {
    if (!(scope instanceof Scope.Guided(List<TreeNode> guides))) {
      return new Scope.All();
    }
    for (TreeNode guide : guides) {
      Optional<TreeNode> found = files.findRaw(guide.fd(), name);
      if (found.isEmpty()) {
        continue;
      }
      TreeNode node = found.get();
      opened.add(node);
      if (!node.isDirectory()) {
        // It hides what the guides below have of this name.
        return new Scope.Guided(List.copyOf(opened.subList(0, opened.size() - 1)));
      }
      if (files.isOpaque(node) || files.isRedirected(node)) {
        return new Scope.All();
      }
    }
    return new Scope.Guided(List.copyOf(opened));
  }

  private boolean isSame(TreeNode one, TreeNode two) {
    FileStatus before = one.status();
    FileStatus after = two.status();
    Attributes left = files.attributes(one);
    Attributes right = files.attributes(two);
    boolean same =
        before.type() == after.type()
            && left.mode() == right.mode()
            && left.uid() == right.uid()
            && left.gid() == right.gid()
            && sameXattrs(left.xattrs(), right.xattrs());
    if (!same || after.isDirectory()) {
      return same;
    }
    same =
        before.modified().equals(after.modified())
            && before.sizeBytes() == after.sizeBytes()
            && before.special().equals(after.special());
    if (same && after.type() == FileType.SYMLINK) {
      return files.target(one).equals(files.target(two));
    }
    return same && (after.type() != FileType.REGULAR || sameBytes(one, two));
  }

  private static boolean sameXattrs(Map<String, byte[]> one, Map<String, byte[]> two) {
    if (!one.keySet().equals(two.keySet())) {
      return false;
    }
    for (Map.Entry<String, byte[]> entry : one.entrySet()) {
      if (!Arrays.equals(entry.getValue(), two.get(entry.getKey()))) {
        return false;
      }
    }
    return true;
  }

  /// A time can be set back: only the bytes tell. But two views of one layer show the same inode
  /// and the same time of its last change, which nobody can set.
  private boolean sameBytes(TreeNode one, TreeNode two) {
    if (one.status().inode() == two.status().inode()
        && one.status().changed().equals(two.status().changed())) {
      return true;
    }
    try (Fd left = files.regular(one);
        Fd right = files.regular(two)) {
      long position = 0;
      while (true) {
        ByteBuffer first = read(left, 0, position);
        ByteBuffer second = read(right, 1, position);
        if (!first.equals(second)) {
          return false;
        }
        if (!first.hasRemaining()) {
          return true;
        }
        position += first.remaining();
      }
    }
  }

  private ByteBuffer read(Fd fd, int which, long position) {
    ByteBuffer buffer = buffers[which];
    if (buffer == null) {
      buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
      buffers[which] = buffer;
    }
    buffer.clear();
    while (buffer.hasRemaining()
        && files.kernel().files().pread(fd, buffer, position + buffer.position()) > 0) {
      // Until the buffer is full or the file at its end.
    }
    return buffer.flip();
  }
}
