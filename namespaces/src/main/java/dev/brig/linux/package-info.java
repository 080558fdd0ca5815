/// The seam to the kernel: every native call of brig's own process, and the kernel's numbers by
/// name.
///
/// Only this package imports `jnr` or `jffi`. What a call is for, and in which order calls are
/// made, does not belong here.
@NullMarked
package dev.brig.linux;

import org.jspecify.annotations.NullMarked;
