package dev.brig.image.build;

import dev.brig.image.layer.TarContent;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Function;

/// The way along a path through a tree, symbolic links followed as they would be by a process whose
/// root the tree is: none leads out of it.
final class PathWalk {
  private static final int LINKS_MAX = 40;

  private final Function<String, Optional<TreeView.Node>> look;

  PathWalk(Function<String, Optional<TreeView.Node>> look) {
    this.look = look;
  }

  /// What a path leads to.
  ///
  /// @param path the path of it without links
  /// @param node what is there
  record Found(String path, TreeView.Node node) {}

  /// Follows a path to its end.
  ///
  /// @return empty if it leads nowhere, or in circles
  Optional<Found> follow(String path) {
    Deque<String> left = new ArrayDeque<>();
    prepend(left, path);
    String at = "";
    Optional<TreeView.Node> node = look.apply("");
    int links = 0;
    while (!left.isEmpty() && node.isPresent()) {
      String name = left.removeFirst();
      if (name.equals("..")) {
        at = at.substring(0, Math.max(at.lastIndexOf('/'), 0));
        node = look.apply(at);
        continue;
      }
      if (!node.get().isDirectory()) {
        return Optional.empty();
      }
      String child = join(at, name);
      node = look.apply(child);
      if (node.isPresent() && node.get().content() instanceof TarContent.Symlink(String target)) {
        links++;
        if (links > LINKS_MAX) {
          return Optional.empty();
        }
        prepend(left, target);
        at = target.startsWith("/") ? "" : at;
        node = look.apply(at);
      } else {
        at = child;
      }
    }
    String end = at;
    return node.map(found -> new Found(end, found));
  }

  static String join(String directory, String name) {
    return directory.isEmpty() ? name : directory + "/" + name;
  }

  static void prepend(Deque<String> left, String path) {
    String[] parts = path.split("/", -1);
    for (int i = parts.length - 1; i >= 0; i--) {
      if (!parts[i].isEmpty() && !parts[i].equals(".")) {
        left.addFirst(parts[i]);
      }
    }
  }
}
