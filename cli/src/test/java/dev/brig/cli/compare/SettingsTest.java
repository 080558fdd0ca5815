package dev.brig.cli.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brig.cli.compare.result.Metric;
import dev.brig.cli.syntax.Reading;
import dev.brig.error.UsageException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SettingsTest {
  private static final Rung CHROOT = new Rung.Command("chroot", "", List.of(), Path.of("/"));
  private static final Rung MACHINE =
      new Rung.VirtualMachine(
          new Rung.Command("vm:tcg", "", List.of(), Path.of("/")), /* isEmulated= */ true);
  private static final Rung CONTAINER = new Rung.Command("container", "", List.of(), Path.of("/"));

  private static Settings of(String... words) {
    List<Reading.Setting<CompareOption>> settings = new ArrayList<>();
    for (int i = 0; i < words.length; i += 2) {
      for (CompareOption option : CompareOption.values()) {
        if (option.longestName().equals(words[i])) {
          settings.add(new Reading.Setting<>(option, words[i + 1]));
        }
      }
    }
    return Settings.of(new Reading.Arguments<>(settings, List.of()));
  }

  private static List<Integer> rounds(Settings settings, Rung rung) {
    List<Integer> rounds = new ArrayList<>();
    for (int round = 1; round <= settings.rounds() + Settings.WARMUPS; round++) {
      if (settings.isIn(rung, round)) {
        rounds.add(round);
      }
    }
    return rounds;
  }

  @Test
  void runsWhatIsEmulatedInSomeRoundsOnlyIfThereAreMany() {
    assertThat(rounds(of(), CHROOT)).hasSize(32);
    assertThat(rounds(of(), MACHINE)).containsExactly(1, 4, 7, 10, 13, 16, 19, 22, 25, 28, 31);
    assertThat(rounds(of("--rounds", "5"), MACHINE)).containsExactly(1, 2, 3, 4, 5, 6, 7);
  }

  @Test
  void leavesWhatIsEmulatedOutOfAQuickComparisonUnlessItIsNamed() {
    assertThat(of("--quick", "true").leavesOut(MACHINE)).contains("emulated");
    assertThat(of("--quick", "true", "--rungs", "vm").leavesOut(MACHINE)).isEmpty();
    assertThat(of().leavesOut(MACHINE)).isEmpty();
    assertThat(of("--rungs", "vm").leavesOut(CONTAINER)).isEqualTo("not asked for");
  }

  @Test
  void measuresAllOnlyIfAskedTo() {
    assertThat(of().metrics()).contains(Metric.NEIGHBOUR).noneMatch(Metric::isThorough);
    assertThat(of("--full", "true").metrics()).containsExactly(Metric.values());
    assertThat(of("--quick", "true").metrics())
        .doesNotContain(Metric.NEIGHBOUR)
        .noneMatch(Metric::isThorough);
    assertThat(of("--metrics", "start,rate").metrics())
        .containsExactly(Metric.START, Metric.RATE_1, Metric.RATE_2, Metric.RATE_4, Metric.RATE_8);
    assertThatThrownBy(() -> of("--full", "true", "--quick", "true"))
        .isInstanceOf(UsageException.class);
  }

  @Test
  void takesTheNameWithoutWhatItRunsOn() {
    Settings settings = of("--delay", "vm=5ms", "--delay", "container=1s");

    settings.check(List.of(CHROOT, MACHINE, CONTAINER));

    assertThat(settings.delayNanos(MACHINE)).isEqualTo(5_000_000);
    assertThat(settings.delayNanos(CONTAINER)).isEqualTo(1_000_000_000);
    assertThat(settings.delayNanos(CHROOT)).isZero();
    assertThatThrownBy(() -> settings.check(List.of(CHROOT, CONTAINER)))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("vm");
  }

  @Test
  void keepsSomeOfTheTimeForTheEnd() {
    long second = 1_000_000_000L;
    assertThat(of("--quick", "true").budgetNanos()).isEqualTo(55 * second);
    assertThat(of().budgetNanos()).isEqualTo(283 * second);
    assertThat(of("--budget", "2s").budgetNanos()).isEqualTo(second);
  }
}
