package dev.brig.cgroups;

import static dev.brig.cgroups.Plans.assertRefused;
import static dev.brig.cgroups.Plans.plan;
import static dev.brig.cgroups.Plans.v1;
import static dev.brig.cgroups.Plans.v2;
import static dev.brig.cgroups.Resources.UNLIMITED;
import static dev.brig.cgroups.Resources.UNSET;
import static org.assertj.core.api.Assertions.assertThat;

import dev.brig.cgroups.Resources.BlockIo;
import dev.brig.cgroups.Resources.Cpu;
import dev.brig.cgroups.Resources.Memory;
import dev.brig.cgroups.Resources.OomKiller;
import dev.brig.cgroups.Resources.Pids;
import dev.brig.error.UnsupportedException;
import dev.brig.error.UsageException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What limits of memory, processor time and tasks become on both versions, and which values are
/// refused in which words.
class LimitsTest {
  private static final long MIB = 1024 * 1024;

  @Test
  void swapIsWhatIsLeftOfMemoryAndSwapOnV2() {
    Resources wish = Resources.NONE.with(Memory.limit(64 * MIB, 96 * MIB));

    assertThat(v2(wish)).endsWith("memory.max 67108864", "memory.swap.max 33554432");
  }

  @Test
  void unlimitedSwapNeedsNoWrite() {
    Resources wish = Resources.NONE.with(Memory.limit(64 * MIB, UNLIMITED));

    assertThat(v1(wish)).containsExactly("memory.limit_in_bytes 67108864");
    assertThat(v2(wish)).endsWith("memory.max 67108864");
  }

  @Test
  void zeroMeansThatNobodyAsked() {
    Resources wish =
        Resources.NONE
            .with(Memory.limit(0, 0))
            .with(Cpu.NONE.withShares(0).withQuota(0, 0))
            .with(new BlockIo(0, List.of(), List.of()));

    assertThat(v1(wish)).isEmpty();
  }

  @Test
  void reservationAndSwappinessAreSoftLimitAndSwappinessOnV1() {
    Resources wish =
        Resources.NONE.with(new Memory(64 * MIB, 32 * MIB, UNSET, 10, OomKiller.DISABLED));

    assertThat(v1(wish))
        .containsExactly(
            "memory.limit_in_bytes 67108864",
            "memory.soft_limit_in_bytes 33554432",
            "memory.swappiness 10",
            "memory.oom_control 1");
  }

  @Test
  void whatV2LacksIsRefusedThere() {
    assertRefused(
        Hosts.pureV2(),
        Resources.NONE.with(new Memory(64 * MIB, UNSET, UNSET, 10, OomKiller.UNSET)),
        UnsupportedException.class,
        "--memory-swappiness: cgroup v2 has no swappiness of a group");
    assertRefused(
        Hosts.pureV2(),
        Resources.NONE.with(new Memory(64 * MIB, UNSET, UNSET, UNSET, OomKiller.DISABLED)),
        UnsupportedException.class,
        "--oom-kill-disable: cgroup v2 can't keep the OOM killer away");
  }

  @Test
  void swapWithoutAccountingIsRefused() {
    TextCgroupFs fs = Hosts.hybrid();
    fs.removeDirectory(Path.of("/sys/fs/cgroup/memory/memory.memsw.limit_in_bytes"));

    assertRefused(
        fs,
        Resources.NONE.with(Memory.limit(64 * MIB, 64 * MIB)),
        UnsupportedException.class,
        "doesn't account for swap");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          1000|       -9|  --memory: 1000 bytes are too few for any process to start
          67108864|  33554432|  --memory-swap: 32 MiB are less than the limit of memory, 64 MiB
          -1|  33554432|  --memory-swap: it is memory and swap together
          """)
  void insaneMemoryIsRefused(long limit, long swap, String message) {
    Memory memory = Memory.limit(limit, swap == -9 ? UNSET : swap);

    assertRefused(Hosts.hybrid(), Resources.NONE.with(memory), UsageException.class, message);
  }

  @Test
  void insaneReservationAndSwappinessAreRefused() {
    assertRefused(
        Hosts.hybrid(),
        Resources.NONE.with(new Memory(64 * MIB, 65 * MIB, UNSET, UNSET, OomKiller.UNSET)),
        UsageException.class,
        "--memory-reservation: 65 MiB are more than the limit of 64 MiB");
    assertRefused(
        Hosts.hybrid(),
        Resources.NONE.with(new Memory(UNSET, UNSET, UNSET, 101, OomKiller.UNSET)),
        UsageException.class,
        "--memory-swappiness: it is 101");
  }

  @ParameterizedTest
  @CsvSource({"2,1", "10,4", "100,17", "512,59", "1024,100", "2048,174", "262144,10000"})
  void sharesBecomeWeights(long shares, long weight) {
    assertThat(CpuLimits.weight(shares)).isEqualTo(weight);
  }

  @Test
  void weightsGrowWithShares() {
    long previous = 0;
    for (long shares = 2; shares <= 262_144; shares += 7) {
      long weight = CpuLimits.weight(shares);
      assertThat(weight).isBetween(Math.max(1, previous), 10_000L);
      previous = weight;
    }
  }

  @Test
  void quotaAndPeriodAreOneFileOnV2() {
    Resources wish = Resources.NONE.with(Cpu.NONE.withQuota(50_000, 200_000).withBurst(1000));

    assertThat(v2(wish)).endsWith("cpu.max 50000 200000", "cpu.max.burst 1000");
  }

  @Test
  void quotaAloneHasTheUsualPeriodOnV2() {
    assertThat(v2(Resources.NONE.with(Cpu.NONE.withQuota(150_000, UNSET))))
        .endsWith("cpu.max 150000 100000");
    assertThat(v2(Resources.NONE.with(Cpu.NONE.withQuota(UNLIMITED, 50_000))))
        .endsWith("cpu.max max 50000");
  }

  @Test
  void sharesAndIdlenessGoToTheirFiles() {
    Resources wish = Resources.NONE.with(Cpu.NONE.withShares(512).withIdle(1));

    assertThat(v1(wish)).containsExactly("cpu.shares 512", "cpu.idle 1");
    assertThat(v2(wish)).endsWith("cpu.weight 59", "cpu.idle 1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          1|       0|       0|  --cpu-shares: it is 1
          262145|  0|       0|  --cpu-shares: it is 262145
          0|     900|  100000|  --cpus: 900 microseconds in each 100000 are too few
          0|  300000|  100000|  --cpus: 3 CPUs are more than there are
          0|    5000|     999|  --cpu-period: it is 999 microseconds
          0|    5000| 1000001|  --cpu-period: it is 1000001 microseconds
          """)
  void insaneCpuIsRefused(long shares, long quota, long period, String message) {
    Cpu cpu = Cpu.NONE.withShares(shares).withQuota(quota, period);

    assertRefused(Hosts.hybrid(), Resources.NONE.with(cpu), UsageException.class, message);
  }

  @Test
  void aSpecMayAskForMoreProcessorsThanThereAre() {
    Resources wish = Resources.NONE.with(Cpu.NONE.withQuota(300_000, 100_000));
    CgroupHost host = new CgroupProbe(Hosts.hybrid()).probe(wish, "brig/x");

    CgroupPlan plan = new CgroupPlanner(Naming.SPEC, Privilege.ROOT).plan(wish, host, "brig/x");

    assertThat(plan.writes())
        .extracting(CgroupWrite::option)
        .containsExactly("/linux/resources/cpu/period", "/linux/resources/cpu/quota");
  }

  @Test
  void realTimeAndBurstsBeyondTheQuotaAreRefused() {
    assertRefused(
        Hosts.pureV2(),
        Resources.NONE.with(Cpu.NONE.withRealtime(new Resources.Realtime(1000, UNSET))),
        UnsupportedException.class,
        "--cpu-rt-runtime");
    assertRefused(
        Hosts.hybrid(),
        Resources.NONE.with(Cpu.NONE.withQuota(50_000, UNSET).withBurst(60_000)),
        UsageException.class,
        "--cpu-burst: it is 60000 microseconds");
    assertRefused(
        Hosts.hybrid(),
        Resources.NONE.with(Cpu.NONE.withIdle(2)),
        UsageException.class,
        "--cpu-idle: it is 2");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          x|     "x": "x" is no number
          1-|    "1-": a number is missing
          1-0|   "1-0": the range 1-0 runs backwards
          0,|    "0,": a number is missing
          99999| "99999": 99999 is too large a number
          0-7|   "0-7": there is no processor 2
          """)
  void insaneProcessorsAreRefused(String cpus, String message) {
    assertRefused(
        Hosts.hybrid(),
        Resources.NONE.with(Cpu.NONE.withSets(cpus, "")),
        UsageException.class,
        "--cpuset-cpus: " + message);
  }

  @Test
  void aMemoryNodeThatIsNotThereIsRefused() {
    assertRefused(
        Hosts.pureV2(),
        Resources.NONE.with(Cpu.NONE.withSets("", "1")),
        UsageException.class,
        "--cpuset-mems: \"1\": there is no memory node 1");
  }

  @ParameterizedTest
  @CsvSource({"0", "-2", "4194305"})
  void insanePidsAreRefused(long limit) {
    assertRefused(
        Hosts.hybrid(),
        Resources.NONE.with(new Pids(limit)),
        UsageException.class,
        "--pids-limit: it is " + limit);
  }

  @Test
  void noLimitOfPidsNeedsNoGroup() {
    assertThat(plan(Hosts.hybrid(), Resources.NONE.with(new Pids(UNLIMITED))).joins()).isEmpty();
  }
}
