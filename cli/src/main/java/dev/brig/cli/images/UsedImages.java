package dev.brig.cli.images;

import dev.brig.cli.command.Context;
import dev.brig.error.BrigException;
import dev.brig.image.store.InUse;
import dev.brig.runtime.container.Container;
import dev.brig.runtime.container.ContainerStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Finds out what containers need of the store of images.
final class UsedImages {
  private UsedImages() {}

  /// Returns what any container needs, whether it runs or not.
  ///
  /// @throws BrigException if a container's record cannot be read: it may need anything
  static InUse byAny(Context context) {
    return by(all(context));
  }

  /// Returns what running containers need.
  static InUse byRunning(Context context) {
    List<Container> running = new ArrayList<>();
    for (Container container : all(context)) {
      if (container.status().isAlive()) {
        running.add(container);
      }
    }
    return by(running);
  }

  private static List<Container> all(Context context) {
    List<BrigException> problems = new ArrayList<>();
    ContainerStore store = context.containers();
    // An ordinary user's layers belong to users whom only the user's own namespace knows.
    context.inside().enter();
    List<Container> containers = store.list(problems);
    if (!problems.isEmpty()) {
      throw problems.getFirst();
    }
    return containers;
  }

  private static InUse by(List<Container> containers) {
    Set<String> ids = new HashSet<>();
    Set<Path> layers = new HashSet<>();
    for (Container container : containers) {
      ids.add(container.record().image().id());
      layers.addAll(container.record().image().layers());
    }
    return new InUse(ids, layers);
  }
}
