package dev.brig.image.layer;

import dev.brig.image.ImageException;
import dev.brig.image.layer.LayerNode.Kind;
import dev.brig.linux.FileType;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The tree that the layer being unpacked and those below it make together, and the way from a path
/// to the directory that it means in there.
///
/// Symbolic links are followed here and not by the kernel: a layer's directory has only its own
/// files, so that a path through `var -> run` of a layer below must be walked in the merged tree.
/// Absolute links begin at the tree's root and `..` never leaves it, as with `RESOLVE_IN_ROOT`;
/// what comes out is a path without links, which is then opened below the layer's root with links
/// forbidden.
final class MergedTree {
  private static final int LINKS_MAX = 40;
  private static final int PATH_LENGTH_MAX = 4095;

  /// What to do about a directory that is nowhere.
  enum Missing {
    /// It is added to the tree, as a directory that the layer implies.
    ADDED,
    /// The path leads nowhere.
    NOWHERE
  }

  private final LowerLayers lower;
  private final LayerNode root = LayerNode.root();

  MergedTree(LowerLayers lower) {
    this.lower = lower;
  }

  LayerNode root() {
    return root;
  }

  /// Finds a directory, through symbolic links.
  ///
  /// @param components the path
  /// @param missing what to do about what is not there
  /// @return the directory, perhaps one that is not present in the layer; null if it is nowhere
  /// @throws ImageException if the path leads in circles, or through a file and the directory is to
  ///   be added
  @Nullable LayerNode directory(List<String> components, Missing missing) {
    Deque<String> left = new ArrayDeque<>(components);
    LayerNode at = root;
    int links = 0;
    int length = 0;
    while (!left.isEmpty()) {
      String name = left.removeFirst();
      if (name.isEmpty() || name.equals(".")) {
        continue;
      }
      if (name.equals("..")) {
        at = at.parent == null ? at : at.parent;
        continue;
      }
      LayerNode child = child(at, name);
      if (child == null) {
        if (missing == Missing.NOWHERE) {
          return null;
        }
        child = new LayerNode(at, name, Kind.DIRECTORY, "").attach();
      }
      switch (child.kind) {
        case DIRECTORY -> at = child;
        case SYMLINK -> {
          links++;
          length += child.target.length();
          if (links > LINKS_MAX || length > LINKS_MAX * PATH_LENGTH_MAX) {
            throw wrong(child, "a symbolic link that leads in circles");
          }
          at = child.target.startsWith("/") ? root : at;
          prepend(left, child.target);
        }
        case OTHER -> {
          // umoci removes by whiteouts what was in a directory that it replaces by a file.
          if (missing == Missing.NOWHERE) {
            return null;
          }
          throw wrong(child, "a file where a directory has to be");
        }
      }
    }
    return at;
  }

  private static void prepend(Deque<String> left, String target) {
    String[] parts = target.split("/", -1);
    for (int i = parts.length - 1; i >= 0; i--) {
      left.addFirst(parts[i]);
    }
  }

  private static ImageException wrong(LayerNode node, String finding) {
    return new ImageException("path \"" + node.path() + "\"", finding, "");
  }

  /// Returns what a directory has under a name, a link itself and not its target; null if nothing.
  @Nullable LayerNode child(LayerNode directory, String name) {
    LayerNode child = directory.child(name);
    if (child != null || directory.whiteouts().contains(name) || directory.hidesLower()) {
      return child;
    }
    LayerFile file = lower(directory, name);
    if (file == null) {
      return null;
    }
    try (file) {
      FileType type = file.type();
      Kind kind =
          type == FileType.DIRECTORY
              ? Kind.DIRECTORY
              : type == FileType.SYMLINK ? Kind.SYMLINK : Kind.OTHER;
      String target = kind == Kind.SYMLINK ? file.target() : "";
      return new LayerNode(directory, name, kind, target).attach();
    }
  }

  /// Returns what the layers below have under a name, to be closed by the caller; null if nothing.
  @Nullable LayerFile lower(LayerNode directory, String name) {
    String path = LayerNode.pathOf(directory, name);
    if (path.length() > PATH_LENGTH_MAX) {
      throw new ImageException(
          "path \"" + path.substring(0, 60) + "…\"", "longer than 4095 bytes, Linux's limit", "");
    }
    return lower.find(path);
  }
}
