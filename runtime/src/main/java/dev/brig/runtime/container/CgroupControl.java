package dev.brig.runtime.container;

import java.nio.file.Path;
import java.util.List;

/// What is done to the cgroups of a container that was started.
///
/// A container has a cgroup in each hierarchy that acts on it; all methods take the container's
/// list and pass over what is not there. What this is not: limits, and how a container gets into
/// its cgroups.
public interface CgroupControl {

  /// Kills every process in the cgroups, those included that it starts meanwhile.
  void kill(List<Path> cgroups);

  /// Removes the cgroups, in order; waits a moment for processes that are about to be gone.
  ///
  /// @throws dev.brig.error.BrigException if one can't be removed
  void remove(List<Path> cgroups);

  /// Stops every process in the cgroups, and returns when they stand.
  ///
  /// @throws dev.brig.error.BrigException if the host cannot freeze them
  void freeze(List<Path> cgroups);

  /// Lets the processes go on.
  ///
  /// @throws dev.brig.error.BrigException if the host cannot freeze them
  void thaw(List<Path> cgroups);

  /// Tells whether the processes are stopped.
  boolean isFrozen(List<Path> cgroups);
}
