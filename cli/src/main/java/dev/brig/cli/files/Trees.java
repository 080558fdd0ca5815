package dev.brig.cli.files;

import dev.brig.cli.command.Context;
import dev.brig.image.tree.IdMap;
import dev.brig.image.tree.Owners;
import dev.brig.image.tree.TreeFiles;
import dev.brig.image.tree.TreeNode;
import dev.brig.image.tree.TreeSink;
import dev.brig.image.tree.TreeWalk;
import dev.brig.linux.Fd;
import dev.brig.linux.FileStatus;
import dev.brig.linux.Kernel;
import dev.brig.linux.Links;
import dev.brig.runtime.container.Container;
import dev.brig.runtime.files.ContainerTrees;
import dev.brig.runtime.files.Snapshots;
import dev.brig.runtime.spec.LinuxIdMapping;
import dev.brig.runtime.spec.Spec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What the commands of this package have in common: reading the trees of containers with the ids
/// that their processes see.
final class Trees {
  private static final int MAP_BYTES_MAX = 1 << 16;

  private final Context context;

  Trees(Context context) {
    this.context = context;
  }

  /// How ids inside a container stand for those outside.
  ///
  /// @param uids the user ids
  /// @param gids the group ids
  record Ids(IdMap uids, IdMap gids) {
    /// The host's own.
    static final Ids HOST = new Ids(IdMap.IDENTITY, IdMap.IDENTITY);
  }

  /// Returns what opens the files of containers.
  ContainerTrees containers() {
    return new ContainerTrees(
        context.kernel(),
        context.host(),
        context.containers(),
        context.cgroups(),
        context.inside().heldRoots());
  }

  /// Returns how a container's ids stand for those that this process sees: the host's, or those of
  /// the caller's own user namespace.
  Ids ids(Container container) {
    Spec spec = context.containers().spec(container.id());
    return new Ids(
        map(spec.linux().uidMappings(), "/proc/self/uid_map"),
        map(spec.linux().gidMappings(), "/proc/self/gid_map"));
  }

  private IdMap map(List<LinuxIdMapping> mappings, String own) {
    IdMap map = map(mappings);
    return context.inside().isHere() ? map.seenThrough(ownRanges(context.kernel(), own)) : map;
  }

  /// Returns a configuration's mappings as a map.
  static IdMap map(List<LinuxIdMapping> mappings) {
    List<IdMap.Range> ranges = new ArrayList<>();
    for (LinuxIdMapping mapping : mappings) {
      ranges.add(new IdMap.Range(mapping.containerId(), mapping.hostId(), mapping.size()));
    }
    return new IdMap(ranges);
  }

  /// Reads this process's own map; user_namespaces(7).
  ///
  /// @param file `/proc/self/uid_map` or `gid_map`
  static List<IdMap.Range> ownRanges(Kernel kernel, String file) {
    byte[] bytes = kernel.files().readIfPresent(Fd.CWD, file, MAP_BYTES_MAX).orElseThrow();
    List<IdMap.Range> ranges = new ArrayList<>();
    for (String line : new String(bytes, StandardCharsets.US_ASCII).lines().toList()) {
      String[] words = line.strip().split(" +", -1);
      ranges.add(
          new IdMap.Range(
              Long.parseLong(words[0]), Long.parseLong(words[1]), Long.parseLong(words[2])));
    }
    return ranges;
  }

  /// Returns what reads files for an image, an archive or another tree.
  TreeFiles files(Ids ids) {
    return new TreeFiles(context.kernel(), ids.uids(), ids.gids(), TreeFiles.Xattrs.PORTABLE);
  }

  /// Returns what keeps and brings back what containers have.
  Snapshots snapshots() {
    return new Snapshots(
        context.kernel(), context.containers(), context.cgroups(), context.frozen(), this::copyRaw);
  }

  /// Returns what reads layers as they are, with overlayfs's marks.
  static TreeFiles raw(Kernel kernel) {
    return new TreeFiles(kernel, IdMap.IDENTITY, IdMap.IDENTITY, TreeFiles.Xattrs.ALL);
  }

  /// Copies a writable layer with all of overlayfs's marks.
  private void copyRaw(Fd from, Fd to) {
    TreeFiles raw = raw(context.kernel());
    try (TreeNode root = raw.find(from, ".").orElseThrow();
        TreeSink sink =
            new TreeSink(context.kernel(), to, "layer", Owners.Kept.PLAIN, context::warn)) {
      new TreeWalk(raw, sink, TreeWalk.Mounts.LEFT_OUT).addContents(root, "");
      sink.finish();
      sink.giveRoot(raw.attributes(root));
    }
  }

  /// Gives a directory the owner, the permissions and the time of another.
  static void copyRoot(Kernel kernel, Path from, Path to) {
    FileStatus status = kernel.attributes().stat(Fd.CWD, from.toString(), Links.NOFOLLOW);
    String path = to.toString();
    kernel.attributes().chownat(Fd.CWD, path, status.uid(), status.gid(), Links.NOFOLLOW);
    kernel.attributes().chmodat(Fd.CWD, path, status.permissions());
    kernel
        .attributes()
        .setTimes(Fd.CWD, path, status.accessed(), status.modified(), Links.NOFOLLOW);
  }
}
