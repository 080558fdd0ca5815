package dev.brig.cgroups;

import java.nio.file.Path;
import java.util.List;

/// What has to be done, in this order, to put a container into its cgroups, and to take it out.
///
/// 1. make `parents` (they may exist: EEXIST is no failure), then `leaves` (they must be new);
/// 2. make `writes`, in order, from the supervising process (a write of "0" to a cgroup.procs moves
///    the writer itself);
/// 3. clone the container's first process with CLONE_INTO_CGROUP into `unified`, if there is one;
/// 4. let that process, single-threaded as it is, write "0" to each of `joins`, before it unshares
///    its cgroup namespace, whose root would otherwise be the supervisor's cgroup;
/// 5. when all processes have ended, read `events` and rmdir `removals`.
///
/// Why the container joins by itself and by `tasks`: a write of a pid, or any write to
/// cgroup.procs, takes the kernel's system-wide lock of all thread groups, whose first taker waits
/// for an RCU grace period. Measured with three hierarchies on an idle machine: 7 to 11 ms; "0"
/// written to `tasks`: 0.15 ms.
///
/// @param parents directories that containers share, from the top down
/// @param leaves the container's own directories
/// @param writes values in the order in which the kernel takes them
/// @param joins the files that the container's first process writes "0" to
/// @param unified the container's directory in the unified hierarchy, or the empty path
/// @param removals the directories to remove, in order; `parents` stay, another container may be
///   starting
/// @param events the files to read at the end
/// @param programs the BPF programs to load and attach to `unified` before the clone, at most one
/// @param controllers the controllers that act on the container
public record CgroupPlan(
    List<Path> parents,
    List<Path> leaves,
    List<CgroupWrite> writes,
    List<Path> joins,
    Path unified,
    List<Path> removals,
    List<EventFile> events,
    List<DeviceProgram> programs,
    List<Controller> controllers) {

  /// The plan of a container that stays in the cgroups of its caller.
  public static final CgroupPlan NONE =
      new CgroupPlan(
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          Path.of(""),
          List.of(),
          List.of(),
          List.of(),
          List.of());

  /// Copies the lists.
  public CgroupPlan {
    parents = List.copyOf(parents);
    leaves = List.copyOf(leaves);
    writes = List.copyOf(writes);
    joins = List.copyOf(joins);
    removals = List.copyOf(removals);
    events = List.copyOf(events);
    programs = List.copyOf(programs);
    controllers = List.copyOf(controllers);
  }

  /// Tells whether there is a directory for CLONE_INTO_CGROUP.
  public boolean hasUnified() {
    return !unified.toString().isEmpty();
  }
}
