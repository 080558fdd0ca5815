package dev.brig.cli.compare.result;

import java.util.List;

/// Whether the machine was quiet enough to believe the figures.
///
/// @param reasons why not, a sentence each; none if it was
/// @param controlPercent by how much the control differs from the reference: the median of all
///   metrics
public record Quiet(List<String> reasons, double controlPercent) {
  /// Copies the list.
  public Quiet {
    reasons = List.copyOf(reasons);
  }

  /// Tells whether it was.
  public boolean isQuiet() {
    return reasons.isEmpty();
  }

  /// Returns `green` or `red`.
  public String color() {
    return isQuiet() ? "green" : "red";
  }
}
