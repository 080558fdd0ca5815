/// Makes the plan of a container: what a spec asks for, on this host, as system calls.
///
/// Pure functions only: no file, clock, environment or kernel access below this package's types.
@NullMarked
package dev.brig.runtime.compile;

import org.jspecify.annotations.NullMarked;
