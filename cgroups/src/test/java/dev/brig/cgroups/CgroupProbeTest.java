package dev.brig.cgroups;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brig.cgroups.CgroupHost.Access;
import dev.brig.cgroups.CgroupHost.Disk;
import dev.brig.cgroups.CgroupHost.Hierarchy;
import dev.brig.cgroups.CgroupHost.Occupancy;
import dev.brig.cgroups.CgroupHost.Presence;
import dev.brig.cgroups.CgroupHost.Weighting;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class CgroupProbeTest {
  private static final Resources MEMORY = Resources.NONE.with(Resources.Memory.limit(1 << 26));

  @Test
  void findsEachControllerOfAHybridHostOnItsHierarchy() {
    CgroupHost host = probe(Hosts.hybrid(), MEMORY);

    assertThat(host.hierarchies())
        .extracting(h -> h.mountPoint().getFileName() + " " + h.version())
        .containsExactly(
            "cpu V1",
            "cpuacct V1",
            "cpuset V1",
            "memory V1",
            "devices V1",
            "freezer V1",
            "blkio V1",
            "pids V1",
            "unified V2");
  }

  @Test
  void looksOnlyWhereTheWishNeedsIt() {
    CgroupHost host = probe(Hosts.hybrid(), MEMORY);

    assertThat(hierarchy(host, Controller.MEMORY).access()).isEqualTo(Access.WRITABLE);
    assertThat(hierarchy(host, Controller.PIDS).access()).isEqualTo(Access.NOT_PROBED);
    assertThat(host.cpus()).isEmpty();
    assertThat(host.disks()).isEmpty();
  }

  @Test
  void makesCgroupsAtTheRootWhereverBrigItselfLives() {
    CgroupHost host = probe(Hosts.hybrid(), MEMORY);

    assertThat(hierarchy(host, Controller.MEMORY).base())
        .isEqualTo(Path.of("/sys/fs/cgroup/memory"));
  }

  @Test
  void fallsBackToBrigsOwnCgroupWhereTheRootIsNotWritable() {
    TextCgroupFs fs =
        Hosts.hybrid()
            .with("/sys/fs/cgroup/memory/process_api/bbfe/cgroup.procs", "")
            .locked("/sys/fs/cgroup/memory")
            .unlocked("/sys/fs/cgroup/memory/process_api/bbfe")
            .unlocked("/sys/fs/cgroup/memory/process_api/bbfe/cgroup.procs");

    Hierarchy memory = hierarchy(probe(fs, MEMORY), Controller.MEMORY);

    assertThat(memory.access()).isEqualTo(Access.WRITABLE);
    assertThat(memory.base()).isEqualTo(Path.of("/sys/fs/cgroup/memory/process_api/bbfe"));
  }

  @Test
  void findsBrigsOwnCgroupBelowAMountThatShowsOnlyAPart() {
    CgroupMount mount =
        CgroupMount.parse(
                "40 30 0:30 /docker/abc /sys/fs/cgroup/memory ro,nosuid master:9 - cgroup cgroup"
                    + " rw,memory\n")
            .getFirst();

    assertThat(mount.home(OwnCgroup.parse("4:memory:/docker/abc/inner\n")))
        .isEqualTo(Path.of("/sys/fs/cgroup/memory/inner"));
    assertThat(mount.home(OwnCgroup.parse("4:memory:/docker/other\n")))
        .isEqualTo(Path.of("/sys/fs/cgroup/memory"));
    assertThat(mount.readOnly()).isEqualTo(CgroupMount.Mode.READ_ONLY);
  }

  @Test
  void keepsControllersTogetherThatAreMountedTogether() {
    String mounts =
        "33 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup"
            + " rw,xattr,cpu,cpuacct,release_agent=/bin/a\n";

    List<CgroupMount> found = CgroupMount.parse(mounts);

    assertThat(found).hasSize(1);
    assertThat(found.getFirst().names()).isEqualTo("cpu,cpuacct");
    assertThat(found.getFirst().controllers()).containsExactly(Controller.CPU, Controller.CPUACCT);
    assertThat(found.getFirst().home(OwnCgroup.parse("1:cpu,cpuacct:/a\n")))
        .isEqualTo(Path.of("/sys/fs/cgroup/cpu,cpuacct/a"));
  }

  @Test
  void readsEscapedMountPointsAndTakesTheFirstOfTwoMounts() {
    String mounts =
        """
        30 23 0:26 / /mnt/a\\040b rw,relatime - cgroup2 none rw
        31 23 0:26 / /mnt/again rw,relatime - cgroup2 none rw
        32 23 0:26 / /mnt/x rw - tmpfs cgroup rw
        broken - cgroup
        """;

    assertThat(CgroupMount.parse(mounts))
        .extracting(CgroupMount::mountPoint)
        .containsExactly(Path.of("/mnt/a b"));
  }

  @Test
  void findsNothingOnAHostWithoutCgroups() {
    TextCgroupFs fs =
        new TextCgroupFs().with("/proc/self/mountinfo", "1 1 8:1 / / rw - ext4 a b\n");

    assertThat(probe(fs, MEMORY).hierarchies()).isEmpty();
  }

  @Test
  void noticesAReadOnlyMount() {
    TextCgroupFs fs =
        new TextCgroupFs()
            .with("/proc/self/mountinfo", "30 23 0:26 / /sys/fs/cgroup ro - cgroup2 cgroup rw\n")
            .with("/sys/fs/cgroup/cgroup.controllers", "memory\n");

    assertThat(hierarchy(probe(fs, MEMORY), Controller.MEMORY).access())
        .isEqualTo(Access.READ_ONLY);
  }

  @Test
  void tellsWhoLivesInADelegatedScope() {
    assertThat(unified(Hosts.delegated("77\n")).occupancy()).isEqualTo(Occupancy.SELF);
    assertThat(unified(Hosts.delegated("")).occupancy()).isEqualTo(Occupancy.EMPTY);
    assertThat(unified(Hosts.delegated("77\n78\n")).occupancy()).isEqualTo(Occupancy.OTHERS);
    assertThat(unified(Hosts.pureV2()).occupancy()).isEqualTo(Occupancy.EXEMPT);
  }

  @Test
  void readsWhatIsSwitchedOnFromTheBaseToTheContainersParent() {
    TextCgroupFs fs =
        Hosts.pureV2().with("/sys/fs/cgroup/brig/cgroup.subtree_control", "memory pids\n");

    Hierarchy hierarchy = unified(fs);

    assertThat(hierarchy.levels()).hasSize(2);
    assertThat(hierarchy.levels().getFirst().enabled())
        .containsExactly(Controller.CPU, Controller.MEMORY, Controller.PIDS);
    assertThat(hierarchy.levels().getLast().exists()).isEqualTo(Presence.PRESENT);
    assertThat(hierarchy.levels().getLast().enabled())
        .containsExactly(Controller.MEMORY, Controller.PIDS);
  }

  @Test
  void knowsADiskAPartitionAndWhatWeighsThem() {
    Resources wish =
        Resources.NONE.with(
            new Resources.BlockIo(
                Resources.UNSET,
                List.of(),
                List.of(
                    new Resources.Throttle(Resources.ThrottleKind.READ_BPS, 8, 0, 1),
                    new Resources.Throttle(Resources.ThrottleKind.WRITE_BPS, 8, 1, 1),
                    new Resources.Throttle(Resources.ThrottleKind.WRITE_BPS, 9, 9, 1))));

    assertThat(probe(Hosts.pureV2(), wish).disks())
        .containsExactly(
            new Disk(8, 0, "sda", "", Weighting.BFQ),
            new Disk(8, 1, "sda1", "sda", Weighting.NONE));
  }

  @Test
  void knowsADiskWithTheCostController() {
    Resources wish = Resources.NONE.with(new Resources.BlockIo(100, List.of(), List.of()));
    TextCgroupFs fs =
        Hosts.pureV2()
            .with("/sys/dev/block/8:0/queue/scheduler", "[none] bfq\n")
            .with("/sys/fs/cgroup/io.cost.qos", "259:0 enable=0 a\n8:0 enable=1 ctrl=auto\n");

    assertThat(probe(fs, wish).disks())
        .containsExactly(new Disk(8, 0, "sda", "", Weighting.IOCOST));
  }

  @Test
  void namesSizesOfHugePagesAsTheFilesAre() {
    Resources wish = Resources.NONE.withHugePages(List.of(new Resources.HugePage("2MB", 1 << 21)));
    TextCgroupFs fs =
        Hosts.hybrid()
            .with("/sys/kernel/mm/hugepages/hugepages-2048kB/nr", "0")
            .with("/sys/kernel/mm/hugepages/hugepages-1048576kB/nr", "0")
            .with("/sys/kernel/mm/hugepages/hugepages-64kB/nr", "0");

    assertThat(probe(fs, wish).hugePageSizes()).containsExactly("2MB", "1GB", "64KB");
  }

  private static CgroupHost probe(TextCgroupFs fs, Resources wish) {
    return new CgroupProbe(fs).probe(wish, "brig/x");
  }

  private static Hierarchy unified(TextCgroupFs fs) {
    return probe(fs, MEMORY).hierarchies().getLast();
  }

  private static Hierarchy hierarchy(CgroupHost host, Controller controller) {
    return host.hierarchies().stream().filter(h -> h.has(controller)).findFirst().orElseThrow();
  }
}
