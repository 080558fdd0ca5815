package dev.brig.image.build;

import dev.brig.image.layer.Attributes;
import dev.brig.image.layer.TarContent;
import dev.brig.image.layer.TarEntry;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The root of an image with what a COPY has added to it so far.
///
/// Directories on the way are entries of the layer too, as the image has them: a layer then looks
/// the same above every other.
final class TargetTree {
  private static final int LINKS_MAX = 40;
  private static final int DIRECTORY_MODE = 0755;
  private static final String WHITEOUT = ".wh.";

  private final CopyRequest request;
  private final TreeView tree;
  private final CopyPlanner.Owner owner;
  private final long timeSeconds;
  private final Map<String, CopyEntry> entries = new LinkedHashMap<>();
  private final Map<String, TreeView.Node> added = new LinkedHashMap<>();
  private int archives;

  TargetTree(CopyRequest request, TreeView tree, CopyPlanner.Owner owner, long timeSeconds) {
    this.request = request;
    this.tree = tree;
    this.owner = owner;
    this.timeSeconds = timeSeconds;
  }

  long timeSeconds() {
    return timeSeconds;
  }

  /// Returns the entries, none if there are only directories that were there before.
  List<CopyEntry> entries() {
    return List.copyOf(entries.values());
  }

  private Optional<TreeView.Node> look(String path) {
    TreeView.Node node = added.get(path);
    return node == null ? tree.look(path) : Optional.of(node);
  }

  /// Tells whether a path leads to a directory.
  boolean isDirectory(String path) {
    return new PathWalk(this::look)
        .follow(path)
        .map(found -> found.node().isDirectory())
        .orElse(false);
  }

  private Attributes made() {
    return new Attributes(DIRECTORY_MODE, owner.uid(), owner.gid(), timeSeconds, 0, Map.of());
  }

  /// Returns the path without links of a directory, which is made if it is not there.
  String directory(String path) {
    Deque<String> left = new ArrayDeque<>();
    PathWalk.prepend(left, path);
    String at = "";
    int links = 0;
    while (!left.isEmpty()) {
      String name = left.removeFirst();
      if (name.equals("..")) {
        at = at.substring(0, Math.max(at.lastIndexOf('/'), 0));
        continue;
      }
      String child = PathWalk.join(at, name);
      TreeView.Node node = look(child).orElse(null);
      switch (node == null ? null : node.content()) {
        case null -> {
          addDirectory(child, made());
          at = child;
        }
        case TarContent.Directory _ -> {
          keep(child);
          at = child;
        }
        case TarContent.Symlink(String target) -> {
          links++;
          if (links > LINKS_MAX) {
            throw inTheWay(child, "a symbolic link that leads in circles");
          }
          PathWalk.prepend(left, target);
          at = target.startsWith("/") ? "" : at;
        }
        case TarContent.RegularFile _,
            TarContent.HardLink _,
            TarContent.Device _,
            TarContent.Fifo _ ->
            throw inTheWay(child, "a file where a directory has to be");
      }
    }
    return at;
  }

  private void addDirectory(String path, Attributes attributes) {
    checkName(path);
    TarEntry entry = new TarEntry(path, new TarContent.Directory(), attributes);
    put(path, new CopyEntry.Plain(entry), entry);
  }

  /// Makes a directory that was there before an entry of the layer, as it is.
  private void keep(String path) {
    if (!added.containsKey(path)) {
      TreeView.Node node = tree.look(path).orElseThrow();
      addDirectory(path, node.attributes());
    }
  }

  /// Returns the path for a directory below one that was copied: itself, made anew or with the
  /// attributes of the copy, or the directory that a link of the image leads to.
  String subdirectory(String path, Attributes attributes) {
    TreeView.Node node = look(path).orElse(null);
    if (node == null || node.isDirectory()) {
      addDirectory(path, attributes);
      return path;
    }
    if (node.content() instanceof TarContent.Symlink && isDirectory(path)) {
      return directory(path);
    }
    throw inTheWay(path, "a file where a directory is to be copied");
  }

  /// Returns the path without links for a file: its directory is made, and what was there is
  /// replaced.
  String place(String path) {
    int slash = path.lastIndexOf('/');
    String directory = directory(path.substring(0, Math.max(slash, 0)));
    return PathWalk.join(directory, path.substring(slash + 1));
  }

  /// Adds an entry, in the place of one of the same path.
  void put(String path, CopyEntry entry, TarEntry described) {
    checkName(path);
    boolean directory = described.content() instanceof TarContent.Directory;
    if (!directory && look(path).map(TreeView.Node::isDirectory).orElse(false)) {
      throw inTheWay(path, "a directory where a file is to be copied");
    }
    entries.put(path, entry);
    added.put(path, new TreeView.Node(described.content(), described.attributes(), ""));
  }

  /// Adds what an archive holds.
  void unpack(String source, String directory) {
    archives++;
    // No path has a NUL in it.
    entries.put("\0" + archives, new CopyEntry.FromArchive(source, directory));
  }

  private void checkName(String path) {
    if (path.startsWith(WHITEOUT, path.lastIndexOf('/') + 1)) {
      throw request
          .place()
          .wrong(
              request.kind() + ": \"" + path + "\": a layer can't hold this name",
              "there .wh. marks what was removed: rename the file");
    }
  }

  private RuntimeException inTheWay(String path, String finding) {
    return request
        .place()
        .wrong(
            request.kind()
                + " to "
                + request.target()
                + ": the image has at /"
                + path
                + " "
                + finding,
            "remove it before (RUN rm), or copy to another place");
  }
}
