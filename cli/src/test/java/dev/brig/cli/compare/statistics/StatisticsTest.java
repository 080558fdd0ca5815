package dev.brig.cli.compare.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StatisticsTest {
  private static final double[] ODD = {9, 1, 4, 7, 3};
  private static final double[] EVEN = {2, 8, 4, 6};

  @Test
  void takesTheMiddleOfNumbers() {
    assertThat(Order.median(ODD)).isEqualTo(4);
    assertThat(Order.median(EVEN)).isEqualTo(5);
    assertThat(Order.median(new double[] {3.5})).isEqualTo(3.5);
    assertThatThrownBy(() -> Order.median(new double[0]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  // numpy.quantile([9, 1, 4, 7, 3], share)
  @CsvSource({"0, 1", "0.1, 1.8", "0.25, 3", "0.5, 4", "0.75, 7", "0.95, 8.6", "1, 9"})
  void placesQuantilesWhereNumpyDoes(double share, double expected) {
    assertThat(Order.quantile(ODD, share)).isCloseTo(expected, within(1e-12));
  }

  @Test
  void leavesTheValuesInTheirOrder() {
    double[] values = ODD.clone();

    Order.median(values);
    Bootstrap.median(values, 1);

    assertThat(values).isEqualTo(ODD);
  }

  @Test
  void measuresSpreadByTheMedianDistance() {
    assertThat(Order.medianDeviation(new double[] {1, 1, 2, 2, 4, 6, 9})).isEqualTo(1);
    assertThat(Order.medianDeviation(new double[] {5, 5, 5, 500})).isZero();
  }

  @Test
  void drawsTheSameForTheSameSeed() {
    Draws first = new Draws(7, 3);
    Draws second = new Draws(7, 3);
    Draws other = new Draws(7, 4);
    List<Integer> same = new ArrayList<>();
    List<Integer> different = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      int draw = first.below(1000);
      assertThat(second.below(1000)).isEqualTo(draw);
      same.add(draw);
      different.add(other.below(1000));
    }
    assertThat(different).isNotEqualTo(same);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 100})
  void drawsEveryNumberBelowTheBoundAboutAsOften(int bound) {
    Draws draws = new Draws(42, bound);
    int[] counts = new int[bound];
    for (int i = 0; i < 1000 * bound; i++) {
      counts[draws.below(bound)]++;
    }
    // Six standard deviations of a count that is 1000 on average.
    for (int count : counts) {
      assertThat(count).isCloseTo(1000, within(6 * 32));
    }
  }

  @Test
  void ordersTheArmsAnewInEachRound() {
    Map<String, Integer> seen = new HashMap<>();
    for (int round = 1; round <= 6000; round++) {
      int[] order = Draws.order(11, round, 3);
      assertThat(Arrays.stream(order).sorted().toArray()).containsExactly(0, 1, 2);
      seen.merge(Arrays.toString(order), 1, Integer::sum);
    }
    // All six orders, each about as often: a fixed order would blame the first arm for cold caches.
    assertThat(seen).hasSize(6).allSatisfy((_, count) -> assertThat(count).isBetween(800, 1200));
    assertThat(Draws.order(11, 5, 3)).isEqualTo(Draws.order(11, 5, 3));
  }

  @Test
  void findsTheIntervalOfAMedian() {
    double[] values = new double[101];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }

    Interval interval = Bootstrap.median(values, 1);

    // By the binomial distribution the ranks 41 and 61 of 101 bound the median with 95 %.
    assertThat(interval.low()).isBetween(38.0, 43.0);
    assertThat(interval.high()).isBetween(57.0, 62.0);
    assertThat(Bootstrap.median(values, 1)).isEqualTo(interval);
    assertThat(Bootstrap.median(new double[] {2.5}, 1)).isEqualTo(new Interval(2.5, 2.5));
  }

  @Test
  void coversTheTruthAsOftenAsItPromises() {
    Draws draws = new Draws(3, 3);
    int covered = 0;
    int trials = 400;
    for (int trial = 0; trial < trials; trial++) {
      double[] values = new double[25];
      for (int i = 0; i < values.length; i++) {
        // A skewed distribution whose median is ln 2, as latencies are.
        values[i] = -Math.log((draws.below(1_000_000) + 1) / 1_000_001.0);
      }
      covered += Bootstrap.median(values, trial).contains(Math.log(2)) ? 1 : 0;
    }
    assertThat((double) covered / trials).isBetween(0.91, 0.985);
  }

  @Test
  void findsTheSlopeThatAnOutlierDoesNotMove() {
    double[] x = {1, 2, 3, 4, 5, 6, 7, 8};
    double[] y = {12, 14, 16, 18, 20, 22, 24, 26};
    assertThat(Slope.of(x, y).median()).isCloseTo(2, within(1e-12));
    y[3] = 1000;
    assertThat(Slope.of(x, y).median()).isCloseTo(2, within(1e-12));
    assertThat(Slope.of(x, y).middle().contains(2)).isTrue();
  }

  @Test
  void saysTheSlowestTwentiethOnlyOfEnoughValues() {
    double[] values = new double[20];
    Arrays.setAll(values, i -> i + 1.0);

    Summary summary = Summary.of(values, 1);

    assertThat(summary.p95().orElseThrow()).isCloseTo(19.05, within(1e-9));
    assertThat(summary.min()).isEqualTo(1);
    assertThat(summary.median()).isEqualTo(10.5);
    assertThat(summary.deviation()).isEqualTo(5);
    assertThat(Summary.of(Arrays.copyOf(values, 19), 1).p95()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "4, 2.0, 2.1, 0.02, TOO_FEW",
    "5, 2.0, 2.1, 0.02, MORE",
    "30, 1.03, 1.09, 0.02, MORE",
    "30, 1.01, 1.09, 0.02, SAME",
    "30, 0.99, 1.02, 0.00, SAME",
    "30, 0.80, 0.97, 0.02, LESS",
    "30, 0.80, 0.99, 0.02, SAME",
    "30, 0.80, 1.40, 0.02, UNSTABLE",
    "30, 1.20, 9.00, 0.02, MORE",
    "30, 1.10, 1.20, 0.30, SAME"
  })
  void judgesByTheNoiseOfTheControl(
      int count, double low, double high, double noise, Verdict verdict) {
    assertThat(Verdict.of(count, new Interval(low, high), noise)).isEqualTo(verdict);
  }
}
