/// The plan of a container: system calls as immutable data, with the reason for each.
///
/// A plan is a program in a small language: calls, labels, jumps on a result, slots that hold a
/// number for a later call. What the calls achieve together (a mount, a namespace) is decided by
/// the packages that make plans; how they become machine code is `dev.brig.compiler`'s work.
/// Nothing here acts.
@NullMarked
package dev.brig.plan;

import org.jspecify.annotations.NullMarked;
