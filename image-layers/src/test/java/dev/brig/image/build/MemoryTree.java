package dev.brig.image.build;

import dev.brig.image.layer.Attributes;
import dev.brig.image.layer.TarContent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// A tree that is only described: `d/` is a directory, `l -> t` a link, `p|` a FIFO, `f` a file.
final class MemoryTree implements TreeView {
  private final TreeMap<String, Node> nodes = new TreeMap<>();

  static MemoryTree of(String... lines) {
    MemoryTree tree = new MemoryTree();
    tree.nodes.put("", node(new TarContent.Directory(), 0755));
    for (String line : lines) {
      tree.add(line);
    }
    return tree;
  }

  private static Node node(TarContent content, int mode) {
    return new Node(content, new Attributes(mode, 7, 8, 99, 0, Map.of()), "");
  }

  private void add(String line) {
    int arrow = line.indexOf(" -> ");
    if (arrow > 0) {
      put(line.substring(0, arrow), node(new TarContent.Symlink(line.substring(arrow + 4)), 0777));
    } else if (line.endsWith("/")) {
      put(line.substring(0, line.length() - 1), node(new TarContent.Directory(), 0750));
    } else if (line.endsWith("|")) {
      put(line.substring(0, line.length() - 1), node(new TarContent.Fifo(), 0644));
    } else {
      put(line, node(new TarContent.RegularFile(3), 0640));
    }
  }

  private void put(String path, Node node) {
    for (int slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
      nodes.putIfAbsent(path.substring(0, slash), node(new TarContent.Directory(), 0750));
    }
    nodes.put(path, node);
  }

  @Override
  public Optional<Node> look(String path) {
    return Optional.ofNullable(nodes.get(path));
  }

  @Override
  public List<String> list(String path) {
    List<String> names = new ArrayList<>();
    String prefix = path.isEmpty() ? "" : path + "/";
    for (String each : nodes.keySet()) {
      String rest = each.startsWith(prefix) ? each.substring(prefix.length()) : "";
      if (!rest.isEmpty() && rest.indexOf('/') < 0) {
        names.add(rest);
      }
    }
    return names;
  }
}
