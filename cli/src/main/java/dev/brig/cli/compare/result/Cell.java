package dev.brig.cli.compare.result;

import dev.brig.cli.compare.statistics.Interval;
import dev.brig.cli.compare.statistics.Summary;
import dev.brig.cli.compare.statistics.Verdict;

/// What is known of an arm in a metric.
///
/// @param arm the arm's id
/// @param metric which metric
/// @param summary of its values
/// @param ratio to the reference in the same round, the median
/// @param interval where that lies with a confidence of 95 %
/// @param noise how far the control is off from the reference, as a share
/// @param verdict what can be said
public record Cell(
    String arm,
    Metric metric,
    Summary summary,
    double ratio,
    Interval interval,
    double noise,
    Verdict verdict) {}
