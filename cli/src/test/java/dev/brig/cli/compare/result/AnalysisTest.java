package dev.brig.cli.compare.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.brig.cli.compare.result.Comparison.Arm;
import dev.brig.cli.compare.result.Comparison.Machine;
import dev.brig.cli.compare.result.Comparison.Point;
import dev.brig.cli.compare.result.Comparison.Sample;
import dev.brig.cli.compare.statistics.Draws;
import dev.brig.cli.compare.statistics.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AnalysisTest {
  private static final Machine QUIET = new Machine(1, 0, 0.1);
  private static final List<String> ARMS =
      List.of(Comparison.REFERENCE, Comparison.CONTROL, "slow", "same");

  private final List<Sample> samples = new ArrayList<>();
  private final Draws draws = new Draws(5, 5);

  /// A value that is off by up to 3 %, on a machine that is slower in some rounds than in others.
  private double noisy(int round, double value) {
    double weather = 1 + (round * 7 % 10) / 10.0;
    return value * weather * (0.97 + draws.below(600) / 10_000.0);
  }

  private Comparison comparison(Machine machine) {
    List<Arm> arms = new ArrayList<>();
    for (String arm : ARMS) {
      arms.add(new Arm(arm, arm, List.of(arm), "", "", Map.of()));
    }
    List<Point> points = new ArrayList<>();
    for (int n = 1; n <= 8; n++) {
      points.add(new Point(Comparison.REFERENCE, n, 100_000L * n + 5_000_000));
      points.add(new Point(Comparison.CONTROL, n, 101_000L * n + 5_000_000));
      points.add(new Point("slow", n, 20_000_000L * n));
    }
    List<Metric> metrics = List.of(Metric.START, Metric.GETPPID, Metric.MEMORY, Metric.MECHANISM);
    return new Comparison(
        "0",
        "brig compare",
        1,
        "2026-01-01T00:00:00Z",
        Map.of(),
        arms,
        metrics,
        samples,
        points,
        List.of(),
        machine,
        "00");
  }

  private void fill(double slowMillis) {
    for (int round = 1; round <= 20; round++) {
      for (String arm : ARMS) {
        double start = noisy(round, 2) + (arm.equals("slow") ? slowMillis : 0);
        boolean warmup = round <= 2;
        samples.add(new Sample(arm, Metric.START, round, warmup, warmup ? 1000 * start : start));
        samples.add(new Sample(arm, Metric.GETPPID, round, warmup, noisy(round, 100)));
      }
    }
  }

  @Test
  void findsADelayWhereItIsAndNowhereElse() {
    fill(5);

    Analysis analysis = Analysis.of(comparison(QUIET));

    assertThat(analysis.cell("slow", Metric.START).orElseThrow().verdict()).isEqualTo(Verdict.MORE);
    for (String arm : List.of(Comparison.CONTROL, "same")) {
      assertThat(analysis.cell(arm, Metric.START).orElseThrow().verdict()).isEqualTo(Verdict.SAME);
    }
    for (String arm : List.of(Comparison.CONTROL, "same", "slow")) {
      assertThat(analysis.cell(arm, Metric.GETPPID).orElseThrow().verdict())
          .isEqualTo(Verdict.SAME);
    }
    assertThat(analysis.quiet().isQuiet()).as(analysis.quiet().toString()).isTrue();
  }

  @Test
  void leavesWarmupOutAndNothingElse() {
    fill(0);

    Cell cell = Analysis.of(comparison(QUIET)).cell("bare", Metric.START).orElseThrow();

    assertThat(cell.summary().count()).isEqualTo(18);
    assertThat(cell.summary().median()).isLessThan(5);
    assertThat(cell.verdict()).isEqualTo(Verdict.REFERENCE);
  }

  @Test
  void takesRatiosWithinARound() {
    fill(0);

    Cell cell = Analysis.of(comparison(QUIET)).cell("same", Metric.GETPPID).orElseThrow();

    // The rounds differ by a factor of two, what is compared in each by a few percent.
    assertThat(cell.summary().deviation()).isGreaterThan(15);
    assertThat(cell.interval().high() - cell.interval().low()).isLessThan(0.06);
  }

  @Test
  void takesMemoryFromTheSlope() {
    fill(0);

    Analysis analysis = Analysis.of(comparison(QUIET));

    assertThat(analysis.cell("bare", Metric.MEMORY).orElseThrow().summary().median())
        .isCloseTo(0.1, within(1e-9));
    Cell slow = analysis.cell("slow", Metric.MEMORY).orElseThrow();
    assertThat(slow.ratio()).isCloseTo(200, within(1e-6));
    assertThat(slow.verdict()).isEqualTo(Verdict.MORE);
    assertThat(analysis.cell("same", Metric.MEMORY)).isEmpty();
  }

  @Test
  void holdsNothingAgainstWhatBareDoesNotHave() {
    for (int round = 3; round <= 20; round++) {
      samples.add(new Sample("slow", Metric.MECHANISM, round, /* warmup= */ false, 3));
    }

    Analysis analysis = Analysis.of(comparison(QUIET));

    Cell cell = analysis.cell("slow", Metric.MECHANISM).orElseThrow();
    assertThat(cell.verdict()).isEqualTo(Verdict.ALONE);
    assertThat(cell.summary().median()).isEqualTo(3);
    assertThat(analysis.quiet().isQuiet()).isTrue();
  }

  @Test
  void saysWhyTheMachineIsNotQuiet() {
    fill(0);
    for (int i = 0; i < samples.size(); i++) {
      Sample sample = samples.get(i);
      if (sample.arm().equals(Comparison.CONTROL) && sample.metric() == Metric.GETPPID) {
        samples.set(
            i,
            new Sample(
                sample.arm(),
                Metric.GETPPID,
                sample.round(),
                sample.warmup(),
                1.2 * sample.value()));
      }
    }

    Quiet quiet = Analysis.of(comparison(new Machine(25, 3, 4))).quiet();

    assertThat(quiet.color()).isEqualTo("red");
    assertThat(quiet.reasons())
        .anyMatch(reason -> reason.contains("off by more than 5 % in sys.getppid"))
        .anyMatch(reason -> reason.contains("waited for a processor 25.0 %"))
        .anyMatch(reason -> reason.contains("hypervisor took 3.0 %"))
        .anyMatch(reason -> reason.contains("clock inside differs from the host's by 4.0 %"));
  }
}
