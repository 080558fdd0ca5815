package dev.brig.image.layer;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A file of the tree that a layer and those below it make together, as far as unpacking had to
/// know it.
final class LayerNode {

  /// What matters about a file for finding a path and for replacing it.
  enum Kind {
    DIRECTORY,
    SYMLINK,
    /// Anything that cannot be a part of a path.
    OTHER
  }

  final String name;
  final @Nullable LayerNode parent;
  final Kind kind;

  /// The text of a symbolic link, otherwise empty.
  final String target;

  /// Whether it is in the directory that is being unpacked into; otherwise only a layer below has
  /// it.
  boolean present;

  /// Whether it hides what the layers below have inside a directory of its name.
  boolean opaque;

  /// Whether it took the place of a file of the same layer that had taken its name from the layers
  /// below.
  boolean replaced;

  /// What the archive says about a directory; null if it does not mention the directory.
  @Nullable Attributes attributes;

  private final Map<String, LayerNode> children;
  private Set<String> whiteouts = Set.of();

  LayerNode(@Nullable LayerNode parent, String name, Kind kind, String target) {
    this.parent = parent;
    this.name = name;
    this.kind = kind;
    this.target = target;
    this.children = kind == Kind.DIRECTORY ? new HashMap<>() : Map.of();
  }

  static LayerNode root() {
    LayerNode root = new LayerNode(null, "", Kind.DIRECTORY, "");
    root.present = true;
    return root;
  }

  boolean isDirectory() {
    return kind == Kind.DIRECTORY;
  }

  @Nullable LayerNode child(String childName) {
    return children.get(childName);
  }

  List<LayerNode> children() {
    return List.copyOf(children.values());
  }

  /// Makes a node the child of its parent, in place of another of that name.
  LayerNode attach() {
    if (parent != null) {
      parent.children.put(name, this);
    }
    return this;
  }

  void detach() {
    if (parent != null) {
      parent.children.remove(name);
    }
  }

  Set<String> whiteouts() {
    return whiteouts;
  }

  void addWhiteout(String childName) {
    if (whiteouts.isEmpty()) {
      whiteouts = new HashSet<>();
    }
    whiteouts.add(childName);
  }

  /// Tells whether this has nothing to do with what the layers below have under its name: it is
  /// opaque, and where it is implied it does not take that one's attributes.
  boolean isNew() {
    return replaced || (parent != null && parent.whiteouts.contains(name));
  }

  /// Tells whether nothing of this directory's contents in the layers below is to be seen.
  boolean hidesLower() {
    for (LayerNode node = this; node != null; node = node.parent) {
      if (node.opaque || node.isNew()) {
        return true;
      }
    }
    return false;
  }

  /// Forgets what was taken from the layers below, after they have become hidden.
  void forgetLower() {
    for (Iterator<LayerNode> each = children.values().iterator(); each.hasNext(); ) {
      LayerNode child = each.next();
      if (!child.present) {
        each.remove();
      } else {
        child.forgetLower();
      }
    }
  }

  /// Returns the path from the root, without a slash at the beginning; empty for the root.
  String path() {
    return parent == null ? "" : pathOf(parent, name);
  }

  /// Returns the path of a name in a directory.
  static String pathOf(LayerNode directory, String childName) {
    StringBuilder path = new StringBuilder(childName);
    for (LayerNode node = directory; node.parent != null; node = node.parent) {
      path.insert(0, '/').insert(0, node.name);
    }
    return path.toString();
  }
}
