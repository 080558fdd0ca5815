package dev.brig.cgroups;

import static dev.brig.cgroups.Resources.UNLIMITED;
import static dev.brig.cgroups.Resources.UNSET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brig.cgroups.Resources.BlockIo;
import dev.brig.cgroups.Resources.Cpu;
import dev.brig.cgroups.Resources.DeviceWeight;
import dev.brig.cgroups.Resources.HugePage;
import dev.brig.cgroups.Resources.Memory;
import dev.brig.cgroups.Resources.OomKiller;
import dev.brig.cgroups.Resources.Pids;
import dev.brig.cgroups.Resources.Throttle;
import dev.brig.cgroups.Resources.ThrottleKind;
import dev.brig.error.BrigException;
import dev.brig.error.UnsupportedException;
import dev.brig.error.UsageException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What each limit becomes on both versions, and which values are refused in which words.
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
        Hosts.hybrid(),
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

  @Test
  void ratesGoToAFileEachOnV1AndToOneOnV2() {
    assertThat(v1(throttled(254, 0)))
        .containsExactly(
            "blkio.throttle.read_bps_device 254:0 1048576",
            "blkio.throttle.write_iops_device 254:0 50");
    assertThat(v2(throttled(8, 0))).endsWith("io.max 8:0 rbps=1048576", "io.max 8:0 wiops=50");
  }

  @Test
  void ratesOfWhatIsNoWholeDiskAreRefused() {
    assertRefused(
        Hosts.pureV2(),
        throttled(8, 1),
        UsageException.class,
        "--device-read-bps: /dev/sda1 (8:1) is a partition");
    assertRefused(
        Hosts.pureV2(),
        throttled(9, 9),
        UsageException.class,
        "--device-read-bps: there is no block device 9:9");
  }

  @Test
  void weightsGoWhereSomethingWeighs() {
    Resources wish =
        Resources.NONE.with(new BlockIo(500, List.of(new DeviceWeight(8, 0, 300)), List.of()));

    assertThat(v2(wish)).endsWith("io.bfq.weight 500", "io.bfq.weight 8:0 300");
  }

  @Test
  void weightsOnV1HaveAFileForDevices() {
    TextCgroupFs fs = Hosts.hybrid().with("/sys/dev/block/254:0/queue/scheduler", "none [bfq]\n");
    Resources wish =
        Resources.NONE.with(new BlockIo(500, List.of(new DeviceWeight(254, 0, 300)), List.of()));

    assertThat(lines(plan(fs, wish)))
        .containsExactly("blkio.bfq.weight 500", "blkio.bfq.weight_device 254:0 300");
  }

  @Test
  void weightsForTheCostControllerAreScaled() {
    TextCgroupFs fs =
        Hosts.pureV2()
            .with("/sys/dev/block/8:0/queue/scheduler", "[none] bfq\n")
            .with("/sys/fs/cgroup/io.cost.qos", "8:0 enable=1\n");
    Resources wish = Resources.NONE.with(new BlockIo(10, List.of(), List.of()));

    assertThat(lines(plan(fs, wish))).endsWith("io.weight 1");
    assertThat(BlockIoLimits.ioWeight(1000)).isEqualTo(10_000);
  }

  @Test
  void weightsThatNothingWouldHeedAreRefused() {
    Resources wish = Resources.NONE.with(new BlockIo(500, List.of(), List.of()));

    assertRefused(
        Hosts.hybrid(),
        wish,
        UnsupportedException.class,
        "--blkio-weight: nothing here divides disk time by weight");
  }

  @ParameterizedTest
  @CsvSource({"9", "1001", "-3"})
  void insaneWeightsAreRefused(long weight) {
    assertRefused(
        Hosts.hybrid(),
        Resources.NONE.with(new BlockIo(weight, List.of(), List.of())),
        UsageException.class,
        "--blkio-weight: it is " + weight);
  }

  @Test
  void hugePagesAreLimitedBySize() {
    TextCgroupFs fs = Hosts.hybrid().with("/sys/kernel/mm/hugepages/hugepages-2048kB/x", "");
    Resources wish = Resources.NONE.withHugePages(List.of(new HugePage("2MB", 4 * MIB)));

    assertThat(lines(plan(fs, wish))).endsWith("hugetlb.2MB.max 4194304");
    assertRefused(
        fs,
        Resources.NONE.withHugePages(List.of(new HugePage("1GB", 0))),
        UsageException.class,
        "this machine has no huge pages of 1GB");
  }

  @Test
  void unifiedFilesAreWrittenLastAndLineByLine() {
    Map<String, String> unified = new LinkedHashMap<>();
    unified.put("memory.high", "1000000");
    unified.put("io.max", "8:0 rbps=1\n8:0 wbps=2\n");
    unified.put("cgroup.max.depth", "3");
    Resources wish = Resources.NONE.with(Memory.limit(64 * MIB)).withUnified(unified);

    assertThat(v2(wish))
        .endsWith(
            "memory.max 67108864",
            "memory.high 1000000",
            "io.max 8:0 rbps=1",
            "io.max 8:0 wbps=2",
            "cgroup.max.depth 3");
  }

  @ParameterizedTest
  @CsvSource({
    "../x,is no name of a cgroup file",
    "memory,is no name of a cgroup file",
    "cgroup.procs,is brig's own to write",
    "misc.max,brig knows no cgroup controller misc"
  })
  void unifiedNamesThatAreNoneAreRefused(String file, String message) {
    assertRefused(
        Hosts.pureV2(),
        Resources.NONE.withUnified(Map.of(file, "1")),
        BrigException.class,
        message);
  }

  @Test
  void aMissingControllerIsNamed() {
    TextCgroupFs fs = Hosts.pureV2().with("/sys/fs/cgroup/cgroup.controllers", "cpu memory\n");

    assertRefused(
        fs,
        Resources.NONE.with(new Pids(5)),
        UnsupportedException.class,
        "--pids-limit: this host has no cgroup controller pids");
  }

  @Test
  void aHostWithoutCgroupsRefusesEveryLimit() {
    assertRefused(
        new TextCgroupFs(),
        Resources.NONE.with(new Pids(5)),
        UnsupportedException.class,
        "--pids-limit: no cgroup hierarchy is mounted here");
  }

  @Test
  void aReadOnlyHierarchyIsSaidToBe() {
    TextCgroupFs fs =
        new TextCgroupFs()
            .with("/proc/self/mountinfo", "30 23 0:26 / /sys/fs/cgroup ro - cgroup2 c rw\n")
            .with("/sys/fs/cgroup/cgroup.controllers", "pids\n");

    assertRefused(
        fs,
        Resources.NONE.with(new Pids(5)),
        UnsupportedException.class,
        "pids (/sys/fs/cgroup) is mounted read-only");
  }

  private static Resources throttled(long major, long minor) {
    return Resources.NONE.with(
        new BlockIo(
            UNSET,
            List.of(),
            List.of(
                new Throttle(ThrottleKind.READ_BPS, major, minor, MIB),
                new Throttle(ThrottleKind.WRITE_IOPS, major, minor, 50))));
  }

  private static void assertRefused(
      TextCgroupFs fs, Resources wish, Class<? extends BrigException> type, String message) {
    assertThatThrownBy(() -> plan(fs, wish)).isInstanceOf(type).hasMessageContaining(message);
  }

  private static List<String> v1(Resources wish) {
    return lines(plan(Hosts.hybrid(), wish));
  }

  private static List<String> v2(Resources wish) {
    return lines(plan(Hosts.pureV2(), wish));
  }

  private static List<String> lines(CgroupPlan plan) {
    return plan.writes().stream()
        .map(write -> write.file().getFileName() + " " + write.value())
        .toList();
  }

  private static CgroupPlan plan(TextCgroupFs fs, Resources wish) {
    CgroupHost host = new CgroupProbe(fs).probe(wish, "brig/x");
    return new CgroupPlanner(Naming.OPTION, Privilege.ROOT).plan(wish, host, "brig/x");
  }
}
