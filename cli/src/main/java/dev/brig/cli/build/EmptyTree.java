package dev.brig.cli.build;

import dev.brig.image.build.TreeView;
import dev.brig.image.layer.Attributes;
import dev.brig.image.layer.TarContent;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A tree without anything in it.
record EmptyTree() implements TreeView {
  @Override
  public Optional<Node> look(String path) {
    Attributes attributes = new Attributes(0755, 0, 0, 0, 0, Map.of());
    return path.isEmpty()
        ? Optional.of(new Node(new TarContent.Directory(), attributes, ""))
        : Optional.empty();
  }

  @Override
  public List<String> list(String path) {
    return List.of();
  }
}
