package dev.brig.cli.files;

import dev.brig.cli.command.Context;
import dev.brig.image.tree.IdMap;
import dev.brig.image.tree.TreeFiles;
import dev.brig.runtime.container.Container;
import dev.brig.runtime.files.ContainerTrees;
import dev.brig.runtime.spec.LinuxIdMapping;
import dev.brig.runtime.spec.Spec;
import java.util.ArrayList;
import java.util.List;

/// What the commands of this package have in common: reading the trees of containers with the ids
/// that their processes see.
final class Trees {
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
        context.kernel(), context.host(), context.containers(), context.cgroups());
  }

  /// Returns how a container's ids stand for the host's.
  Ids ids(Container container) {
    Spec spec = context.containers().spec(container.id());
    return new Ids(map(spec.linux().uidMappings()), map(spec.linux().gidMappings()));
  }

  private static IdMap map(List<LinuxIdMapping> mappings) {
    List<IdMap.Range> ranges = new ArrayList<>();
    for (LinuxIdMapping mapping : mappings) {
      ranges.add(new IdMap.Range(mapping.containerId(), mapping.hostId(), mapping.size()));
    }
    return new IdMap(ranges);
  }

  /// Returns what reads files for an image, an archive or another tree.
  TreeFiles files(Ids ids) {
    return new TreeFiles(
        context.kernel(), ids.uids(), ids.gids(), TreeFiles.Xattrs.PORTABLE);
  }
}
