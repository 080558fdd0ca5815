package dev.brig.runtime.launch;

import dev.brig.cgroups.CgroupPlan;
import dev.brig.namespaces.ProcessRequest.Filter;
import dev.brig.runtime.compile.Launch;
import dev.brig.runtime.container.ContainerPaths;
import dev.brig.runtime.container.ContainerRecord;
import dev.brig.runtime.spec.Spec;
import java.nio.file.Path;
import java.util.Map;

/// A container that is about to start.
///
/// @param record what brig keeps of it
/// @param paths its files
/// @param nameLink the symbolic link that reserves its name
/// @param spec its configuration
/// @param cgroup its cgroups, as [ContainerLauncher#cgroups] planned them
/// @param filter the compiled seccomp filter
/// @param origins who asked for what, see [dev.brig.runtime.compile.SpecFacts#origins]
/// @param onFailure whether the container is removed if it can't be started
/// @param lockFd the descriptor that holds the container's lock
/// @param traceFd the descriptor for the trace, or -1
/// @param greeting what is said when it runs in the background, a line
public record StartRequest(
    ContainerRecord record,
    ContainerPaths paths,
    Path nameLink,
    Spec spec,
    CgroupPlan cgroup,
    Filter filter,
    Map<String, String> origins,
    Launch.Removal onFailure,
    int lockFd,
    int traceFd,
    String greeting) {
  /// Copies the map.
  public StartRequest {
    origins = Map.copyOf(origins);
  }
}
