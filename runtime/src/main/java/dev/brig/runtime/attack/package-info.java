/// Attempts to get out of a container, as plans: what `brig attack` runs inside.
///
/// Each attack is a process of one small program, in a container that was made as any other. What
/// would change the machine is only tried as far as the kernel's permission check: files are opened
/// and not written, calls get an argument that the kernel refuses only after it has decided who may
/// make them. Nothing here acts.
@NullMarked
package dev.brig.runtime.attack;

import org.jspecify.annotations.NullMarked;
