/// Seccomp profiles in the format that docker, podman and the OCI runtime specification share,
/// brig's own default profile, and their compilation to what the kernel takes.
///
/// Loading a filter into a process is a step of a plan and does not belong here; neither do native
/// calls.
@NullMarked
package dev.brig.seccomp;

import org.jspecify.annotations.NullMarked;
