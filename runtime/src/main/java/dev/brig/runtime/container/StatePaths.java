package dev.brig.runtime.container;

import java.nio.file.Path;

/// Where containers are kept.
///
/// ```
/// ROOT/containers/ID/      what survives the machine's restart: see ContainerPaths
/// ROOT/names/NAME -> ID    a symbolic link; a name is taken by making it
/// RUN/containers/ID/lock   locked by whoever acts on the container, and while it runs
/// RUN/containers/ID/pid    "supervisorPid initPid initStartTime\n"
/// ```
///
/// An entry in RUN exists only while someone acts on the container or it runs, and until what they
/// left was swept.
///
/// @param root the directory for what lasts, absolute
/// @param run the directory for what dies with the machine, absolute
public record StatePaths(Path root, Path run) {
  /// Refuses relative paths: brig's program may change the working directory.
  public StatePaths {
    if (!root.isAbsolute() || !run.isAbsolute()) {
      throw new IllegalArgumentException("state directories are absolute: " + root + ", " + run);
    }
  }

  /// Returns the directory that holds the containers' lasting files.
  public Path containers() {
    return root.resolve("containers");
  }

  /// Returns the directory that holds the volumes.
  public Path volumes() {
    return root.resolve("volumes");
  }

  /// Returns the directory that holds the names.
  public Path names() {
    return root.resolve("names");
  }

  /// Returns the directory that holds the files of containers that someone acts on.
  public Path runContainers() {
    return run.resolve("containers");
  }

  /// Returns the paths of one container.
  public ContainerPaths of(ContainerId id) {
    return new ContainerPaths(
        id, containers().resolve(id.text()), runContainers().resolve(id.text()));
  }
}
