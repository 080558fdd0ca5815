package dev.brig.runtime.container;

import dev.brig.linux.DirectoryEntry;
import dev.brig.linux.Fd;
import dev.brig.linux.Kernel;
import dev.brig.linux.OpenFlag;
import java.nio.file.Path;
import java.util.Optional;

/// The names of containers: symbolic links to identifiers. Making one is atomic, so that a name has
/// one container.
final class Names {
  private static final int ATTEMPTS_MAX = 100;

  private final Kernel kernel;
  private final Path directory;

  Names(Kernel kernel, Path directory) {
    this.kernel = kernel;
    this.directory = directory;
  }

  /// Reserves the name for the container, or, if it is empty, a name that is free.
  ///
  /// @return the name
  /// @throws ContainerException if the name is taken or can't be one
  String reserve(String name, ContainerId id) {
    if (!name.isEmpty()) {
      ContainerName.check(name);
      if (reserved(name, id)) {
        return name;
      }
      throw taken(name);
    }
    for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      String made = ContainerName.of(id, attempt);
      if (reserved(made, id)) {
        return made;
      }
    }
    String unique = "c" + id.shortText();
    if (reserved(unique, id)) {
      return unique;
    }
    throw taken(unique);
  }

  private boolean reserved(String name, ContainerId id) {
    return kernel.tree().symlinkIfAbsent(id.text(), Fd.CWD, path(name));
  }

  private ContainerException taken(String name) {
    Optional<ContainerId> owner = find(name);
    return new ContainerException(
        ContainerException.Problem.NAME_TAKEN,
        "container name \"" + name + "\"",
        "the name is taken" + (owner.isEmpty() ? "" : " by container " + owner.get().shortText()),
        "brig rm " + name + " removes that container; --name gives this one another name");
  }

  /// Returns the container that has the name.
  Optional<ContainerId> find(String name) {
    if (!ContainerName.isName(name)) {
      return Optional.empty();
    }
    Optional<String> target = kernel.tree().readlinkIfLink(Fd.CWD, path(name));
    return target.isPresent() && ContainerId.isId(target.get())
        ? Optional.of(new ContainerId(target.get()))
        : Optional.empty();
  }

  /// Gives a name up, if it is this container's. Only the holder of the container's lock does this.
  void release(String name, ContainerId id) {
    Optional<ContainerId> owner = find(name);
    if (owner.isPresent() && owner.get().equals(id)) {
      var _ = kernel.tree().unlinkIfPresent(Fd.CWD, path(name));
    }
  }

  /// Gives all names of a container up: for one whose record, which has the name, was never written
  /// or is gone already.
  void releaseAll(ContainerId id) {
    for (DirectoryEntry entry : all()) {
      release(entry.name(), id);
    }
  }

  /// Returns all names.
  Iterable<DirectoryEntry> all() {
    try (Fd fd =
        kernel
            .files()
            .openat(Fd.CWD, directory.toString(), OpenFlag.O_RDONLY, OpenFlag.O_DIRECTORY)) {
      return kernel.tree().list(fd);
    }
  }

  private String path(String name) {
    return directory + "/" + name;
  }
}
