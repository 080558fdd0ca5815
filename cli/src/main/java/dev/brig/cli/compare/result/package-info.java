/// What a comparison has found, as data: samples, what they come to, and the JSON of both.
///
/// Pure functions only: no file, clock, chance or environment.
@NullMarked
package dev.brig.cli.compare.result;

import org.jspecify.annotations.NullMarked;
