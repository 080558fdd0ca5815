package dev.brig.cli.compare.report;

import dev.brig.cli.compare.result.Analysis;
import dev.brig.cli.compare.result.Cell;
import dev.brig.cli.compare.result.Comparison;
import dev.brig.cli.compare.result.Comparison.Arm;
import dev.brig.cli.compare.result.Metric;
import dev.brig.cli.compare.result.Quiet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A comparison as one page that needs nothing else: no script, no other file, no network.
public final class HtmlReport {
  private final Analysis analysis;
  private final Comparison comparison;
  private final Charts charts;
  private final StringBuilder out = new StringBuilder(256 << 10);

  private HtmlReport(Analysis analysis) {
    this.analysis = analysis;
    this.comparison = analysis.comparison();
    this.charts = new Charts(analysis);
  }

  /// Returns the page. The same comparison gives the same bytes.
  public static String of(Analysis analysis) {
    return new HtmlReport(analysis).page();
  }

  private String page() {
    out.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n");
    out.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n");
    out.append("<meta name=\"color-scheme\" content=\"light dark\"/>\n");
    out.append("<title>brig compare</title>\n<style>\n").append(Style.CSS);
    out.append("</style>\n</head>\n<body>\n<main>\n");
    element("h1", "What separation costs");
    banner();
    ladder();
    metrics();
    if (comparison.metrics().contains(Metric.MEMORY)) {
      section("memory", "Memory by the number of instances");
      paragraph(
          "Proportional set sizes of all processes of the arm on the host together. What each"
              + " further instance takes is the slope.");
      legend();
      out.append("<figure>\n").append(charts.memory()).append("</figure>\n</section>\n");
    }
    if (charts.has(Metric.NEIGHBOUR)) {
      section("neighbours", "Beside busy neighbours");
      paragraph(
          "How many times as long arithmetic takes while two busy instances of the same arm for"
              + " each processor run, compared with alone in the same round.");
      out.append("<figure>\n").append(charts.neighbours()).append("</figure>\n</section>\n");
    }
    waterfalls();
    facts();
    table();
    Prose.literature(out);
    method();
    out.append("</main>\n</body>\n</html>\n");
    return out.toString();
  }

  private void section(String id, String heading) {
    out.append("<section id=\"").append(id).append("\">\n");
    element("h2", heading);
  }

  private void element(String name, String text) {
    out.append('<').append(name).append('>').append(Html.escaped(text));
    out.append("</").append(name).append(">\n");
  }

  private void paragraph(String text) {
    element("p", text);
  }

  private void banner() {
    Quiet quiet = analysis.quiet();
    out.append("<section id=\"verdict\" class=\"banner ").append(quiet.color()).append("\">\n");
    for (String sentence : Sentences.of(analysis)) {
      paragraph(sentence);
    }
    paragraph(TextReport.noise(quiet));
    for (Arm arm : comparison.arms()) {
      if (!arm.caveat().isEmpty()) {
        paragraph(arm.id() + " (hatched below): " + arm.caveat() + ".");
      }
    }
    out.append("</section>\n");
  }

  private void ladder() {
    if (charts.has(Metric.START)) {
      section("ladder", "Start latency");
      paragraph(
          "From the start of the arm's command to the first byte of the program in it. Each dot is"
              + " a round, each square the median, the whisker where it lies with a confidence of"
              + " 95 %.");
      out.append("<figure>\n").append(charts.ladder()).append("</figure>\n</section>\n");
    }
  }

  private void metrics() {
    section("metrics", "Everything else, beside bare");
    paragraph(
        "Times what bare takes in the same round. The grey band is the noise: by how much bare"
            + " differs from itself. What reaches into it may be the same.");
    out.append("<div class=\"multiples\">\n");
    for (Metric metric : comparison.metrics()) {
      if (metric != Metric.START && metric != Metric.NEIGHBOUR && charts.has(metric)) {
        out.append("<figure>\n<figcaption>").append(Html.escaped(metric.words()));
        out.append(metric.better() == Metric.Better.HIGHER ? " (more is better)" : "");
        out.append("</figcaption>\n").append(charts.ratios(metric)).append("</figure>\n");
      }
    }
    out.append("</div>\n</section>\n");
  }

  private void waterfalls() {
    Waterfall waterfall = new Waterfall(comparison.stages());
    if (!waterfall.arms().isEmpty()) {
      section("stages", "What a start of brig's is made of, without the JVM");
      paragraph(
          "The system calls of the program that brig's process becomes, up to the execution of the"
              + " command, in the start of the usual length; the longest by name. Being traced"
              + " takes some time itself.");
      for (String arm : waterfall.arms()) {
        out.append("<figure>\n<figcaption>").append(Html.escaped(arm)).append("</figcaption>\n");
        out.append(waterfall.chart(arm)).append("</figure>\n");
      }
      out.append("</section>\n");
    }
  }

  private void legend() {
    out.append("<p class=\"legend\">");
    for (int place = 0; place < charts.arms().size(); place++) {
      Arm arm = charts.arms().get(place);
      out.append("<span").append(mark(arm)).append("><i class=\"arm");
      out.append(place % Palette.ARMS).append("\"></i>").append(Html.escaped(arm.id()));
      out.append(arm.caveat().isEmpty() ? "" : ", emulated").append("</span> ");
    }
    out.append("</p>\n");
  }

  /// Returns the attributes of what shows an arm whose figures come with a caveat.
  private static String mark(Arm arm) {
    return arm.caveat().isEmpty()
        ? ""
        : " class=\"hatched\" title=\"" + Html.escaped(arm.caveat()) + "\"";
  }

  private void facts() {
    section("isolation", "What an instance shares with the host");
    Set<String> names = new LinkedHashSet<>();
    for (Arm arm : comparison.arms()) {
      names.addAll(arm.facts().keySet());
    }
    out.append("<table>\n<thead><tr><th>arm</th>");
    for (String name : names) {
      out.append("<th>").append(Html.escaped(name)).append("</th>");
    }
    out.append("</tr></thead>\n<tbody>\n");
    for (Arm arm : comparison.arms()) {
      out.append("<tr").append(mark(arm)).append("><th>");
      out.append(Html.escaped(arm.id())).append("</th>");
      if (arm.isAvailable()) {
        for (String name : names) {
          String fact = arm.facts().getOrDefault(name, "–");
          out.append("<td>").append(Html.escaped(fact)).append("</td>");
        }
      } else {
        out.append("<td class=\"reason\" colspan=\"").append(Math.max(1, names.size()));
        out.append("\">").append(Html.escaped("not compared: " + arm.reason())).append("</td>");
      }
      out.append("</tr>\n");
    }
    out.append("</tbody>\n</table>\n</section>\n");
  }

  private void table() {
    section("figures", "All figures");
    out.append("<table class=\"numbers\">\n<thead><tr>");
    for (String heading :
        List.of("metric", "arm", "n", "min", "median", "95 % interval", "p95", "MAD", "verdict")) {
      out.append("<th>").append(heading).append("</th>");
    }
    out.append("</tr></thead>\n<tbody>\n");
    Map<String, String> marks = new HashMap<>();
    for (Arm arm : comparison.arms()) {
      marks.put(arm.id(), mark(arm));
    }
    for (Cell cell : analysis.cells()) {
      out.append("<tr")
          .append(marks.getOrDefault(cell.arm(), ""))
          .append("><td>")
          .append(Html.escaped(cell.metric().id()))
          .append(", ");
      out.append(Html.escaped(cell.metric().unit())).append("</td>");
      number(cell.arm());
      number(Integer.toString(cell.summary().count()));
      number(Figures.three(cell.summary().min()));
      number(Figures.three(cell.summary().median()));
      number(Figures.range(cell.summary().interval()));
      number(
          cell.summary().p95().isPresent()
              ? Figures.three(cell.summary().p95().getAsDouble())
              : "–");
      number(Figures.three(cell.summary().deviation()));
      number(Figures.verdict(cell));
      out.append("</tr>\n");
    }
    out.append("</tbody>\n</table>\n</section>\n");
  }

  private void number(String text) {
    out.append("<td>").append(Html.escaped(text)).append("</td>");
  }

  private void method() {
    section("method", "Method, machine, and how to do it again");
    Prose.method(out, comparison);
    element("pre", comparison.command());
    out.append("<table>\n<tbody>\n");
    row("brig", comparison.brig());
    row("started", comparison.started());
    row("seed", Long.toString(comparison.seed()));
    row("probe, SHA-256", comparison.probeSha256());
    for (Map.Entry<String, String> fact : comparison.environment().entrySet()) {
      row(fact.getKey(), fact.getValue());
    }
    for (Arm arm : comparison.arms()) {
      String recipe = String.join(" ", arm.recipe());
      row("arm " + arm.id(), arm.label() + (recipe.isEmpty() ? "" : ": " + recipe));
    }
    out.append("</tbody>\n</table>\n</section>\n");
  }

  private void row(String name, String value) {
    out.append("<tr><th>").append(Html.escaped(name)).append("</th><td>");
    out.append(Html.escaped(value)).append("</td></tr>\n");
  }
}
