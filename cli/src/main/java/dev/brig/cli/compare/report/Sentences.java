package dev.brig.cli.compare.report;

import dev.brig.cli.compare.result.Analysis;
import dev.brig.cli.compare.result.Cell;
import dev.brig.cli.compare.result.Comparison.Arm;
import dev.brig.cli.compare.result.Metric;
import dev.brig.cli.compare.statistics.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a comparison comes to in plain English, built of what is sure and of nothing else.
final class Sentences {
  private static final String CONTAINER = "container";
  private static final List<Metric> STEADY =
      List.of(Metric.INTEGER, Metric.COPY, Metric.FAULT, Metric.GETPPID);

  private Sentences() {}

  /// Returns sentences.
  static List<String> of(Analysis analysis) {
    List<String> sentences = new ArrayList<>();
    if (!analysis.quiet().isQuiet()) {
      // What nobody should quote is not said in words that ask for it.
      return sentences;
    }
    for (Arm arm : analysis.comparison().arms()) {
      // What is emulated says nothing of its kind.
      if (arm.id().equals(CONTAINER) && arm.caveat().isEmpty()) {
        start(analysis, arm).ifPresent(sentences::add);
        steady(analysis, arm).ifPresent(sentences::add);
      }
    }
    return sentences;
  }

  private static Optional<String> start(Analysis analysis, Arm arm) {
    Optional<Cell> start = analysis.cell(arm.id(), Metric.START);
    if (start.isEmpty() || start.get().verdict() != Verdict.MORE) {
      return Optional.empty();
    }
    Cell cell = start.get();
    return Optional.of(
        "On this machine a container of brig's starts in "
            + Figures.three(cell.summary().median())
            + " ms ["
            + Figures.range(cell.summary().interval())
            + "], "
            + Figures.ratio(cell.ratio())
            + " a bare process, brig's own start included.");
  }

  private static Optional<String> steady(Analysis analysis, Arm arm) {
    List<String> same = new ArrayList<>();
    double bound = 0;
    for (Metric metric : STEADY) {
      Optional<Cell> cell = analysis.cell(arm.id(), metric);
      if (cell.isPresent() && cell.get().verdict() == Verdict.SAME) {
        same.add(metric.words());
        bound = Math.max(bound, Figures.bound(cell.get()));
      }
    }
    return same.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "Once it runs, these cost what they cost bare, within ±"
                + Figures.percent(bound)
                + ": "
                + String.join(", ", same)
                + ".");
  }
}
