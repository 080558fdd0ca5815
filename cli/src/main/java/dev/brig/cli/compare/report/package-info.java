/// How a comparison is shown: as text, as a table of samples, and as a page with charts.
@NullMarked
package dev.brig.cli.compare.report;

import org.jspecify.annotations.NullMarked;
