package dev.brig.runtime.container;

import dev.brig.linux.Kernel;
import java.util.Optional;

/// Gives containers other names.
final class Renaming {
  private final Kernel kernel;
  private final StatePaths state;

  Renaming(Kernel kernel, StatePaths state) {
    this.kernel = kernel;
    this.state = state;
  }

  /// Gives a container another name: the new one is taken, then recorded, then the old one given
  /// up, so that a kill at any point leaves the container with the name that is on record.
  ///
  /// A running container keeps the name that its processes know it by in `ps`.
  ///
  /// @throws ContainerException if the name is taken or can't be one
  void rename(Container container, String name) {
    if (container.name().equals(name)) {
      return;
    }
    Names names = new Names(kernel, state.names());
    var _ = names.reserve(name, container.id());
    ContainerFiles files = new ContainerFiles(kernel, container.paths());
    Optional<ContainerRecord> record = files.record();
    if (record.isEmpty()) {
      names.release(name, container.id());
      throw ContainerStore.noSuch(container.name());
    }
    files.write(record.get().toBuilder().name(name).build());
    names.release(record.get().name(), container.id());
  }
}
