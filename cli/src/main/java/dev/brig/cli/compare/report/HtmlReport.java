package dev.brig.cli.compare.report;

import dev.brig.cli.compare.result.Analysis;

/// A placeholder.
public final class HtmlReport {
  private HtmlReport() {}

  /// Returns the page.
  public static String of(Analysis analysis) {
    return analysis.toString();
  }
}
