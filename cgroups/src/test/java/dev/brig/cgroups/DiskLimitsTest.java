package dev.brig.cgroups;

import static dev.brig.cgroups.Plans.assertRefused;
import static dev.brig.cgroups.Plans.lines;
import static dev.brig.cgroups.Plans.plan;
import static dev.brig.cgroups.Plans.v1;
import static dev.brig.cgroups.Plans.v2;
import static dev.brig.cgroups.Resources.UNSET;
import static org.assertj.core.api.Assertions.assertThat;

import dev.brig.cgroups.Resources.BlockIo;
import dev.brig.cgroups.Resources.DeviceWeight;
import dev.brig.cgroups.Resources.HugePage;
import dev.brig.cgroups.Resources.Memory;
import dev.brig.cgroups.Resources.Pids;
import dev.brig.cgroups.Resources.Throttle;
import dev.brig.cgroups.Resources.ThrottleKind;
import dev.brig.error.BrigException;
import dev.brig.error.UnsupportedException;
import dev.brig.error.UsageException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What limits of disks and huge pages and values for files by name become on both versions, and
/// what is refused for what the host lacks.
class DiskLimitsTest {
  private static final long MIB = 1024 * 1024;

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
}
