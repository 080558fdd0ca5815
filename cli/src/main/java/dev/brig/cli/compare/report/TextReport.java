package dev.brig.cli.compare.report;

import dev.brig.cli.compare.result.Analysis;
import dev.brig.cli.compare.result.Cell;
import dev.brig.cli.compare.result.Comparison;
import dev.brig.cli.compare.result.Comparison.Arm;
import dev.brig.cli.compare.result.Comparison.Sample;
import dev.brig.cli.compare.result.Difference;
import dev.brig.cli.compare.result.Metric;
import dev.brig.cli.compare.result.Quiet;
import dev.brig.cli.output.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A comparison for a terminal of 100 columns, and its samples for a spreadsheet.
public final class TextReport {
  private static final int COLUMNS = 7;
  private static final int NAME_WIDTH = 10;
  private static final int VALUE_WIDTH = 5;
  private static final int BESIDE_WIDTH = 6;
  private static final int WIDTH = 100;

  private final Analysis analysis;
  private final StringBuilder out = new StringBuilder();

  private TextReport(Analysis analysis) {
    this.analysis = analysis;
  }

  /// Returns the table with its footnotes.
  public static String of(Analysis analysis) {
    return new TextReport(analysis).text();
  }

  private String text() {
    List<Metric> metrics = analysis.comparison().metrics();
    for (int from = 0; from < metrics.size(); from += COLUMNS) {
      block(metrics.subList(from, Math.min(metrics.size(), from + COLUMNS)));
    }
    facts();
    lines(
        "The ratio beside a figure is that to bare in the same round; ~ differs from bare by no more"
            + " than bare does from itself, ? is not sure.");
    for (Arm arm : analysis.comparison().arms()) {
      if (!arm.isAvailable() && !arm.reason().equals(Comparison.NOT_ASKED_FOR)) {
        lines(arm.id() + ": not compared: " + arm.reason());
      } else if (!arm.caveat().isEmpty()) {
        lines(mark(arm) + " " + arm.id() + ": " + arm.caveat() + ".");
      }
    }
    String rounds = analysis.comparison().environment().getOrDefault("rounds", "");
    if (!rounds.isEmpty()) {
      lines("Rounds: " + rounds + ".");
    }
    for (String sentence : Sentences.of(analysis)) {
      lines(sentence);
    }
    lines(noise(analysis.quiet()));
    return out.toString();
  }

  /// Returns what is to be said of the machine's quiet.
  static String noise(Quiet quiet) {
    String control =
        "the control differs from bare by " + Figures.percent(quiet.controlPercent() / 100);
    return quiet.isQuiet()
        ? "Noise: green; " + control + "."
        : "Noise: RED, don't quote these figures: " + String.join("; ", quiet.reasons()) + ".";
  }

  private void block(List<Metric> metrics) {
    pad("", NAME_WIDTH);
    for (Metric metric : metrics) {
      right(heading(metric.id()), VALUE_WIDTH);
      pad("", BESIDE_WIDTH + 1);
    }
    line();
    pad("", NAME_WIDTH);
    for (Metric metric : metrics) {
      right(metric.unit(), VALUE_WIDTH);
      pad("", BESIDE_WIDTH + 1);
    }
    line();
    for (Arm arm : analysis.comparison().arms()) {
      if (arm.isAvailable()) {
        row(arm, metrics);
      }
    }
    out.append('\n');
  }

  // What stands before the point is plain from what follows it, but for memory's.
  private static String heading(String id) {
    int point = id.indexOf('.');
    String last = id.substring(point + 1);
    return switch (id) {
      case "mem.instance" -> "mem";
      case "sys.getppid" -> "sys";
      case "sys.openclose" -> "open";
      case "neigh.cpu" -> "neigh";
      case "fs.write4k" -> "write";
      case "fs.create" -> "creat";
      case "rate.1", "rate.2", "rate.4", "rate.8" -> "rate" + last;
      default -> last;
    };
  }

  private void row(Arm arm, List<Metric> metrics) {
    pad(arm.id() + mark(arm), NAME_WIDTH);
    for (Metric metric : metrics) {
      Optional<Cell> cell = analysis.cell(arm.id(), metric);
      right(cell.map(known -> Figures.three(known.summary().median())).orElse("-"), VALUE_WIDTH);
      pad(cell.map(known -> " " + Figures.beside(known)).orElse(""), BESIDE_WIDTH + 1);
    }
    line();
  }

  private static String mark(Arm arm) {
    return arm.caveat().isEmpty() ? "" : "*";
  }

  private void facts() {
    Table table = new Table("", "kernel", "root", "own namespaces", "caps", "seccomp", "clock");
    for (Arm arm : analysis.comparison().arms()) {
      Map<String, String> facts = arm.facts();
      if (arm.isAvailable() && !facts.isEmpty()) {
        table.add(
            arm.id() + mark(arm),
            facts.getOrDefault("kernel", "-"),
            facts.getOrDefault("root", "-"),
            facts.getOrDefault("namespaces of its own", "-"),
            facts.getOrDefault("capabilities", "-"),
            facts.getOrDefault("seccomp", "-"),
            facts.getOrDefault("clock", "-"));
      }
    }
    out.append(table.text()).append('\n');
  }

  private void pad(String text, int width) {
    out.append(text).repeat(' ', Math.max(0, width - text.length()));
  }

  private void right(String text, int width) {
    out.repeat(' ', Math.max(0, width - text.length())).append(text);
  }

  private void line() {
    out.setLength(out.toString().stripTrailing().length());
    out.append('\n');
  }

  /// Adds a paragraph, broken between words.
  private void lines(String text) {
    int column = 0;
    for (String word : text.split(" ", -1)) {
      if (column > 0 && column + 1 + word.length() > WIDTH) {
        out.append('\n');
        column = 0;
      } else if (column > 0) {
        out.append(' ');
        column++;
      }
      out.append(word);
      column += word.length();
    }
    out.append('\n');
  }

  /// Returns all samples, a line each, below a line of headings; RFC 4180 with plain newlines.
  public static String samples(Comparison comparison) {
    StringBuilder csv = new StringBuilder("rung,metric,unit,round,warmup,value\n");
    for (Sample sample : comparison.samples()) {
      csv.append(sample.arm()).append(',').append(sample.metric().id()).append(',');
      csv.append(sample.metric().unit()).append(',').append(sample.round()).append(',');
      csv.append(sample.warmup()).append(',').append(sample.value()).append('\n');
    }
    for (Comparison.Point point : comparison.points()) {
      csv.append(point.arm()).append(",mem.total,B,").append(point.instances());
      csv.append(",false,").append(point.bytes()).append('\n');
    }
    return csv.toString();
  }

  /// Returns what has changed between two comparisons, as a table, or that nothing has.
  public static String differences(List<Difference> differences) {
    Table table = new Table("RUNG", "METRIC", "OLD", "NEW", "RATIO");
    List<Difference> changes = new ArrayList<>();
    for (Difference difference : differences) {
      if (difference.isChange()) {
        changes.add(difference);
      }
    }
    for (Difference change : changes) {
      Cell after = change.after();
      String unit = " " + after.metric().unit();
      table.add(
          after.arm(),
          after.metric().id(),
          Figures.three(change.before().summary().median()) + unit,
          Figures.three(after.summary().median()) + unit,
          Figures.ratio(change.ratio()));
    }
    String count = changes.size() + " of " + differences.size() + " figures differ beyond noise\n";
    return (changes.isEmpty() ? "" : table.text()) + count;
  }
}
