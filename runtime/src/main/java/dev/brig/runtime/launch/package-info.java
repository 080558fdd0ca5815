/// Where a plan becomes a process: facts are read, the plan is compiled, and this process becomes
/// the program.
///
/// What the plan holds is decided in `dev.brig.runtime.compile`; nothing is decided here.
@NullMarked
package dev.brig.runtime.launch;

import org.jspecify.annotations.NullMarked;
