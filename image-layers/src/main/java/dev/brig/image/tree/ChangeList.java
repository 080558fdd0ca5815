package dev.brig.image.tree;

import dev.brig.image.tree.TreeComparison.Change;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;

/// What has changed in a tree, as docker and podman list it: `A` for what was added, `C` for what
/// was changed, a directory in which something was changed included, `D` for what was removed.
public final class ChangeList implements TreeComparison.Visitor {
  /// What a runtime makes in every container's root to mount on.
  private static final Set<String> MOUNT_POINTS =
      Set.of("dev", "proc", "sys", "etc/hosts", "etc/hostname", "etc/resolv.conf");

  private final List<Item> items = new ArrayList<>();
  private final Deque<Integer> begun = new ArrayDeque<>();

  /// A change.
  ///
  /// @param kind A, C or D
  /// @param path the absolute path
  public record Item(Kind kind, String path) {}

  /// The kinds of change.
  public enum Kind {
    /// Added.
    A,
    /// Changed.
    C,
    /// Removed.
    D
  }

  /// Tells whether a file is only there for the runtime to mount something on.
  static boolean isMountPoint(String path, TreeNode node, Change change) {
    return change == Change.ADDED
        && MOUNT_POINTS.contains(path)
        && (node.isDirectory() || node.status().sizeBytes() == 0);
  }

  @Override
  public void removed(String path) {
    items.add(new Item(Kind.D, "/" + path));
  }

  @Override
  public void found(String path, TreeNode node, Change change) {
    if (node.isDirectory()) {
      begun.push(items.size());
    }
    if (path.isEmpty() || isMountPoint(path, node, change)) {
      return;
    }
    switch (change) {
      case ADDED -> items.add(new Item(Kind.A, "/" + path));
      case MODIFIED, REPLACED -> items.add(new Item(Kind.C, "/" + path));
      case SAME -> {}
    }
  }

  @Override
  public void left(String path, Change change) {
    int start = begun.pop();
    if (change == Change.SAME && !path.isEmpty() && items.size() > start) {
      items.add(start, new Item(Kind.C, "/" + path));
    }
  }

  /// Returns the changes, in the order of the tree.
  public List<Item> items() {
    return List.copyOf(items);
  }
}
