/// The parts of a plan that isolate a process: namespaces, the root filesystem, devices,
/// privileges.
///
/// Each planner here is a pure function from a small record to steps, in the one order that is
/// right. Supervising the process, OCI's config.json, cgroups and images do not belong here.
@NullMarked
package dev.brig.namespaces;

import org.jspecify.annotations.NullMarked;
