/// The statistics of comparisons: values in, values out, and chance only from a seed.
@NullMarked
package dev.brig.cli.compare.statistics;

import org.jspecify.annotations.NullMarked;
