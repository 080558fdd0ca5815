package dev.brig.cli.compare.report;

import dev.brig.cli.compare.result.Comparison;
import dev.brig.cli.compare.statistics.Bootstrap;

/// What a page says of every comparison.
final class Prose {
  private static final String[][] LITERATURE = {
    {
      "Felter et al., IBM RC25482 (2014), ISPASS 2015",
      "Docker and KVM against bare",
      "Docker equals or exceeds KVM in every case measured"
    },
    {
      "Manco et al., LightVM, SOSP 2017",
      "start",
      "a minimal virtual machine in 2.3 ms, fork and exec in about 1 ms"
    },
    {
      "Firecracker, SPECIFICATION.md",
      "start to the guest's init, memory of the monitor",
      "at most 125 ms, at most 5 MiB; held by its tests"
    },
    {
      "Oakes et al., SOCK, ATC 2018",
      "start of containers",
      "lean containers start 18 times as fast as Docker's"
    },
    {
      "van Rijn, Rellermeyer, Middleware 2021",
      "nine platforms",
      "containers near native; what is more secure pays for it"
    }
  };

  private Prose() {}

  /// Writes what others have found.
  static void literature(StringBuilder out) {
    out.append("<section id=\"literature\" class=\"muted\">\n<h2>What others have found</h2>\n");
    out.append(
        "<p>On other machines, in other years: to see whether the order is as expected, not");
    out.append(" to compare figures with.</p>\n<table>\n<tbody>\n");
    for (String[] row : LITERATURE) {
      out.append("<tr>");
      for (String cell : row) {
        out.append("<td>").append(Html.escaped(cell)).append("</td>");
      }
      out.append("</tr>\n");
    }
    out.append("</tbody>\n</table>\n</section>\n");
  }

  /// Writes how a comparison was made.
  static void method(StringBuilder out, Comparison comparison) {
    out.append(
        "<p>A randomised complete block design: each round runs every arm once, in an order");
    out.append(" that the seed gives. The first two rounds are warm-up: kept, and left out of the");
    out.append(" statistics. Within a run the probe times 15 batches of each operation; their");
    out.append(" median is the value of the round. Ratios are taken within rounds. Intervals are");
    out.append(" percentile bootstraps of the median, ").append(Bootstrap.RESAMPLES);
    out.append(" draws; those of memory hold 95 % of the slopes between pairs of points. No value");
    out.append(" was left out. All arms ran the same program on the same files.</p>\n");
    out.append("<p>").append(comparison.samples().size()).append(" samples. Done again by:</p>\n");
  }
}
