package dev.brig.cli.build;

import dev.brig.image.tree.TreeComparison;
import dev.brig.image.tree.TreeNode;
import java.util.Set;

/// Tells whether a step changed anything: what brig itself had to make to mount things on does not
/// count, nor that the directories of these have a later time.
final class Changes implements TreeComparison.Visitor {
  private static final Set<String> OWN =
      Set.of(
          "", "etc", "proc", "sys", "dev", "etc/hosts", "etc/hostname", "etc/resolv.conf", "run");

  private boolean any;

  @Override
  public void removed(String path) {
    any = true;
  }

  @Override
  public void found(String path, TreeNode node, TreeComparison.Change change) {
    boolean empty = node.isDirectory() || node.status().sizeBytes() == 0;
    any |= change != TreeComparison.Change.SAME && !(OWN.contains(path) && empty);
  }

  boolean any() {
    return any;
  }
}
