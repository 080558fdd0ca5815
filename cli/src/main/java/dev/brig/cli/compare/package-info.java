/// `brig compare`: the same program at every degree of separation, measured side by side.
///
/// `CompareCommand` reads the options, [Bench] is where all lies, [Rungs] says what can be compared
/// here, `Session` runs the rounds, and `report` shows what came of it.
@NullMarked
package dev.brig.cli.compare;

import org.jspecify.annotations.NullMarked;
