package dev.brig.cgroups;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExitReasonsTest {
  private static final Resources WISH =
      Resources.NONE
          .with(Resources.Memory.limit(64 << 20))
          .with(new Resources.Pids(20))
          .with(Resources.Cpu.NONE.withQuota(50_000, 100_000));

  @Test
  void saysNothingIfNothingHappened() {
    String dump =
        """
        == /c/memory/memory.oom_control
        oom_kill_disable 0
        under_oom 0
        oom_kill 0
        == /c/pids/pids.events
        max 0
        == /c/cpu/cpu.stat
        nr_periods 10
        nr_throttled 0
        """;

    assertThat(say(dump)).isEmpty();
  }

  @Test
  void saysWhyAProcessWasKilledOnV1() {
    String dump =
        """
        == /c/memory/memory.oom_control
        oom_kill_disable 0
        under_oom 0
        oom_kill 1
        == /c/memory/memory.max_usage_in_bytes
        67108864
        """;

    assertThat(say(dump))
        .containsExactly(
            "killed: memory limit 64 MiB reached (oom_kill 1, peak 64.0 MiB); raise --memory");
  }

  @Test
  void saysWhyAProcessWasKilledOnV2WithoutAPeak() {
    String dump =
        """
        == /c/memory.events
        low 0
        high 0
        max 37
        oom 1
        oom_kill 2
        == /c/memory.peak
        """;

    assertThat(say(dump))
        .containsExactly("killed: memory limit 64 MiB reached (oom_kill 2); raise --memory");
  }

  @Test
  void tellsAMachineOutOfMemoryFromALimit() {
    String dump =
        """
        == /c/memory.events
        oom_kill 1
        == /c/memory.peak
        1048576
        """;

    assertThat(say(dump))
        .containsExactly("killed: the machine ran out of memory (oom_kill 1, peak 1.0 MiB)");
  }

  @Test
  void saysHowOftenAForkWasRefused() {
    assertThat(say("== /c/pids.events\nmax 1\n"))
        .containsExactly("fork refused 1 time at pids limit 20 (--pids-limit)");
    assertThat(say("== /c/pids.events\nmax 12\n"))
        .containsExactly("fork refused 12 times at pids limit 20 (--pids-limit)");
  }

  @Test
  void saysTheLimitThatHeldWhereNobodyHasAskedForOne() {
    EventDump dump = EventDump.parse("== /c/pids.events\nmax 3\n== /c/pids.max\n2048\n");

    assertThat(new ExitReasons(Naming.OPTION).say(Resources.NONE, dump))
        .containsExactly("fork refused 3 times at pids limit 2048 (--pids-limit)");
  }

  @Test
  void saysHowMuchOfTheTimeWasWaitedFor() {
    assertThat(say("== /c/cpu.stat\nusage_usec 1\nnr_periods 100\nnr_throttled 37\n"))
        .containsExactly("throttled in 37 % of periods (--cpus 0.5)");
  }

  @Test
  void looksBeyondTheUnifiedGroupsOwnFileOnAHybridHost() {
    String dump =
        """
        == /u/cpu.stat
        usage_usec 1
        == /c/cpu.stat
        nr_periods 10
        nr_throttled 5
        """;

    assertThat(say(dump)).containsExactly("throttled in 50 % of periods (--cpus 0.5)");
  }

  @Test
  void doesNotMindALittleThrottling() {
    assertThat(say("== /c/cpu.stat\nnr_periods 100\nnr_throttled 4\n")).isEmpty();
  }

  @Test
  void namesTheSpecToWhoeverWroteOne() {
    EventDump dump = EventDump.parse("== /c/pids.events\nmax 2\n");

    assertThat(new ExitReasons(Naming.SPEC).say(WISH, dump))
        .containsExactly("fork refused 2 times at pids limit 20 (/linux/resources/pids/limit)");
  }

  @Test
  void readsADumpThatWasCutOff() {
    EventDump dump = EventDump.parse("junk\n== /a/pids.events\nmax 3\n== /b/memory.ev");

    assertThat(dump.contents()).containsOnlyKeys(Path.of("/a/pids.events"));
    assertThat(dump.number("pids.events", "max", -1)).isEqualTo(3);
    assertThat(dump.number("pids.events", "min", -1)).isEqualTo(-1);
    assertThat(EventDump.parse("").contents()).isEmpty();
  }

  @Test
  void takesNoNumberForAnother() {
    assertThat(FlatFile.number("oom_kill_disable 7\noom_kill 3\n", "oom_kill", -1)).isEqualTo(3);
    assertThat(FlatFile.number("max\n", "", -1)).isEqualTo(-1);
    assertThat(FlatFile.number("99999999999999999999\n", "", -1)).isEqualTo(-1);
    assertThat(FlatFile.number("max 12x\n", "max", -1)).isEqualTo(-1);
  }

  @Test
  void refusesAMarkerThatDoesNotFitARegister() {
    assertThatThrownBy(() -> new EventFile(Path.of("x"), "oom_kill 0"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void writesAmountsAsPeopleReadThem() {
    assertThat(Amount.exact(1000)).isEqualTo("1000 bytes");
    assertThat(Amount.exact(3L << 29)).isEqualTo("1536 MiB");
    assertThat(Amount.about(1)).isEqualTo("1 bytes");
    assertThat(Amount.about((64 << 20) - 4096)).isEqualTo("64.0 MiB");
    assertThat(Amount.about(1536 << 10)).isEqualTo("1.5 MiB");
    assertThat(Amount.about(5L << 40)).isEqualTo("5.0 TiB");
    assertThat(Amount.ratio(1, 3)).isEqualTo("0.33");
    assertThat(Amount.ratio(5, 100)).isEqualTo("0.05");
    assertThat(Amount.ratio(3, 2)).isEqualTo("1.5");
  }

  private static List<String> say(String dump) {
    return new ExitReasons(Naming.OPTION).say(WISH, EventDump.parse(dump));
  }
}
