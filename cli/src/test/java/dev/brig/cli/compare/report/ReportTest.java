package dev.brig.cli.compare.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brig.cli.compare.result.Analysis;
import dev.brig.cli.compare.result.Cell;
import dev.brig.cli.compare.result.Comparison;
import dev.brig.cli.compare.result.Comparison.Arm;
import dev.brig.cli.compare.result.Comparison.Machine;
import dev.brig.cli.compare.result.Comparison.Point;
import dev.brig.cli.compare.result.Comparison.Sample;
import dev.brig.cli.compare.result.Comparison.Stage;
import dev.brig.cli.compare.result.ComparisonReader;
import dev.brig.cli.compare.result.ComparisonWriter;
import dev.brig.cli.compare.result.Difference;
import dev.brig.cli.compare.result.Metric;
import dev.brig.error.UsageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportTest {
  private static final String HOSTILE = "</title><script>alert(\"&\")</script>";

  /// Two arms of which the second takes `factor` times as long, and one that is not there.
  private static Comparison comparison(double factor) {
    List<Sample> samples = new ArrayList<>();
    List<Metric> metrics = List.of(Metric.START, Metric.MEMORY, Metric.GETPPID, Metric.COPY);
    for (int round = 1; round <= 12; round++) {
      for (Metric metric : List.of(Metric.START, Metric.GETPPID, Metric.COPY)) {
        double value = ComparisonWriter.rounded(100 / 7.0 + round % 3);
        samples.add(new Sample("bare", metric, round, round < 3, value));
        samples.add(new Sample("control", metric, round, round < 3, value));
        double more = ComparisonWriter.rounded(factor * value);
        samples.add(new Sample("container", metric, round, round < 3, more));
      }
    }
    List<Point> points = new ArrayList<>();
    for (int n = 1; n <= 5; n++) {
      points.add(new Point("bare", n, 100_000L * n));
      points.add(new Point("container", n, 3_000_000L * n));
    }
    return new Comparison(
        "0.1",
        "brig compare --seed 9",
        9,
        "2026-01-02T03:04:05Z",
        Map.of("kernel", HOSTILE),
        List.of(
            new Arm("bare", "a process", List.of("probe"), "", "", Map.of("root", "the host's")),
            new Arm("control", "once more", List.of("probe"), "", "", Map.of()),
            new Arm("container", "brig", List.of("brig", "run"), "", "", Map.of("root", "own")),
            new Arm("vm", "QEMU", List.of(), "no QEMU: " + HOSTILE, "", Map.of())),
        metrics,
        samples,
        points,
        List.of(
            new Stage("container", "supervisor", "clone3({flags=CLONE_NEWNS}) = 7", 10, 900),
            new Stage("container", "container", HOSTILE, 900, 1700)),
        new Machine(1.5, 0, 0.25),
        "ab".repeat(32));
  }

  @Test
  void readsWhatItWrote() {
    Comparison comparison = comparison(3);
    String json = ComparisonWriter.json(Analysis.of(comparison));

    Comparison read = ComparisonReader.read("result.json", json);

    assertThat(read).isEqualTo(comparison);
    assertThat(ComparisonWriter.json(Analysis.of(read))).isEqualTo(json);
    assertThat(HtmlReport.of(Analysis.of(read))).isEqualTo(HtmlReport.of(Analysis.of(comparison)));
  }

  @Test
  void refusesOtherSchemas() {
    assertThatThrownBy(() -> ComparisonReader.read("x.json", "{\"schema\": \"brig.compare/9\"}"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("brig.compare/9");
    for (String text : List.of("", "[]", "{", "{\"schema\": \"brig.compare/1\"}", "null")) {
      assertThatThrownBy(() -> ComparisonReader.read("x.json", text))
          .as(text)
          .isInstanceOf(UsageException.class);
    }
  }

  @Test
  void letsNoTextIntoThePageAsMarkup() {
    String page = HtmlReport.of(Analysis.of(comparison(3)));

    assertThat(page).doesNotContain("<script").contains("&lt;script&gt;alert(&quot;&amp;&quot;)");
  }

  @Test
  void labelsWhatIsNoHardwareVirtualization() {
    Comparison plain = comparison(3);
    List<Arm> arms = new ArrayList<>(plain.arms().subList(0, 2));
    String caveat = "software emulation (TCG): not hardware virtualization";
    arms.add(new Arm("container", "QEMU", List.of(), "", caveat, Map.of()));
    Comparison emulated =
        new Comparison(
            plain.brig(),
            plain.command(),
            plain.seed(),
            plain.started(),
            plain.environment(),
            arms,
            plain.metrics(),
            plain.samples(),
            plain.points(),
            plain.stages(),
            plain.machine(),
            plain.probeSha256());

    Analysis analysis = Analysis.of(emulated);

    assertThat(TextReport.of(analysis))
        .contains("container: " + caveat)
        .doesNotContain("starts in");
    assertThat(HtmlReport.of(analysis)).contains(caveat);
    assertThat(ComparisonWriter.json(analysis)).contains(caveat, "ualization\": true");
  }

  @Test
  void fitsATerminalOfAHundredColumns() {
    String text = TextReport.of(Analysis.of(comparison(3)));

    assertThat(text.lines()).allMatch(line -> line.length() <= 100);
    assertThat(text)
        .containsPattern("container +\\d[\\d.]* 3\\.0× +3 30×")
        .contains("vm: not compared: no QEMU")
        .contains("Noise: green");
  }

  @Test
  void concludesNothingFromANoisyMachine() {
    Comparison plain = comparison(3);
    Comparison noisy =
        new Comparison(
            plain.brig(),
            plain.command(),
            plain.seed(),
            plain.started(),
            plain.environment(),
            plain.arms(),
            plain.metrics(),
            plain.samples(),
            plain.points(),
            plain.stages(),
            new Machine(1.5, 50, 0.25),
            plain.probeSha256());

    assertThat(TextReport.of(Analysis.of(plain))).contains("starts in");
    assertThat(TextReport.of(Analysis.of(noisy))).doesNotContain("starts in").contains("RED");
  }

  @Test
  void drawsWhatStartsAreMadeOf() {
    String chart = new Waterfall(comparison(3).stages()).chart("container");

    assertThat(chart)
        .contains("steps of a start, container: supervisor: clone3(", " 890 µs, container: ")
        .doesNotContain("all others", "<script");
    List<Stage> many = new ArrayList<>();
    for (long i = 0; i < 40; i++) {
      many.add(new Stage("namespaces", "container", "close(" + i + ") = 0", 10 * i, 10 * i + i));
    }
    assertThat(new Waterfall(many).chart("namespaces"))
        .contains("container: close(39) = 0 39 µs", "all others 325 µs", "26 shorter ones")
        .doesNotContain("close(25)");
    assertThat(new Waterfall(many).arms()).containsExactly("namespaces");
  }

  @Test
  void writesTicksThatFit() {
    Decades ticks = new Decades();
    assertThat(ticks.format(0.01)).isEqualTo("0.01");
    assertThat(ticks.format(1000)).isEqualTo("1000");
    assertThat(ticks.format(1500000)).isEqualTo("1500000");
    assertThat(ticks.format(100000)).isEqualTo("10⁵");
    assertThat(ticks.format(1e-12)).isEqualTo("10⁻¹²");
    assertThat(ticks.format(0)).isEqualTo("0");
  }

  @Test
  void tellsChangesFromABadDay() {
    Analysis older = Analysis.of(comparison(3));
    Analysis newer = Analysis.of(comparison(6));

    List<String> changes = new ArrayList<>();
    for (Difference difference : Difference.between(older, newer)) {
      if (difference.isChange()) {
        Cell cell = difference.after();
        changes.add(cell.arm() + " " + cell.metric().id());
      }
    }

    assertThat(changes)
        .containsExactly("container start", "container sys.getppid", "container mem.copy");
    assertThat(Difference.between(older, older)).noneMatch(Difference::isChange);
    assertThat(TextReport.differences(Difference.between(older, newer)))
        .contains("container  start", "2.0×", "3 of 11 figures differ beyond noise");
  }

  @Test
  void writesNumbersAsPeopleReadThem() {
    assertThat(Figures.three(0.11567)).isEqualTo("0.116");
    assertThat(Figures.three(1.9)).isEqualTo("1.90");
    assertThat(Figures.three(41.66)).isEqualTo("41.7");
    assertThat(Figures.three(14_512)).isEqualTo("14500");
    assertThat(Figures.three(0)).isEqualTo("0");
    assertThat(Figures.ratio(0.977)).isEqualTo("0.98×");
    assertThat(Figures.ratio(1.996)).isEqualTo("2.0×");
    assertThat(Figures.ratio(9.96)).isEqualTo("10×");
  }
}
