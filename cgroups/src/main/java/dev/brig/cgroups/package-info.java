/// Limits, accounting, freezing and killing of a container by control groups.
///
/// cgroup v2 is the model; a controller that the host still has on v1 is driven there. What a limit
/// means is decided by pure functions of the wish and the host's facts
/// ([dev.brig.cgroups.CgroupPlanner]); the only place that touches the file system of cgroups is
/// [dev.brig.cgroups.CgroupFs]. OCI's JSON and command-line options belong elsewhere, and so do the
/// system calls that put a plan into effect.
@NullMarked
package dev.brig.cgroups;

import org.jspecify.annotations.NullMarked;
