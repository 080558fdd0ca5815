package dev.brig.cgroups;

import java.nio.file.Path;

/// The container's cgroup in one hierarchy.
///
/// @param hierarchy which
/// @param directory its directory
record Group(CgroupHost.Hierarchy hierarchy, Path directory) {

  /// Returns the version of the hierarchy.
  Version version() {
    return hierarchy.version();
  }

  /// Returns the path of a file of the cgroup.
  Path file(String name) {
    return directory.resolve(name);
  }
}
