/// The probe: one static program that measures the machine from wherever it is run, the same bytes
/// in every kind of separation.
///
/// Pure functions only: the plan of the program, and what its output means.
@NullMarked
package dev.brig.runtime.probe;

import org.jspecify.annotations.NullMarked;
