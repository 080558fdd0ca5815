package dev.brig.cgroups;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brig.error.UnsupportedException;
import dev.brig.linux.Errno;
import dev.brig.linux.KernelException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class CgroupTest {
  private static final String UNIFIED = "/sys/fs/cgroup/unified/brig/x";
  private static final String FREEZER = "/sys/fs/cgroup/freezer/brig/x";
  private static final String PIDS = "/sys/fs/cgroup/pids/brig/x";
  private static final String MEMORY = "/sys/fs/cgroup/memory/brig/x";

  private final TextCgroupFs fs = new TextCgroupFs();

  @Test
  void freezesTheUnifiedGroupAndWaitsForTheKernelToSaySo() {
    fs.with(UNIFIED + "/cgroup.freeze", "0\n").with(UNIFIED + "/cgroup.events", "frozen 1\n");

    cgroup(MEMORY, UNIFIED).freeze(100);

    assertThat(fs.deeds())
        .containsExactly(
            "write " + UNIFIED + "/cgroup.freeze 1",
            "await " + UNIFIED + "/cgroup.events frozen 1");
    assertThat(cgroup(UNIFIED).isFrozen()).isTrue();
  }

  @Test
  void thawsAgainIfAProcessDoesNotStop() {
    fs.with(UNIFIED + "/cgroup.freeze", "0\n").with(UNIFIED + "/cgroup.events", "frozen 0\n");

    assertThatThrownBy(() -> cgroup(UNIFIED).freeze(5))
        .isInstanceOfSatisfying(
            KernelException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ETIMEDOUT));
    assertThat(fs.deeds()).contains("write " + UNIFIED + "/cgroup.freeze 0");
  }

  @Test
  void freezesByTheV1ControllerAskingAgain() {
    fs.with(FREEZER + "/freezer.state", "THAWED\n");

    cgroup(FREEZER).freeze(100);

    assertThat(fs.deeds()).containsExactly("write " + FREEZER + "/freezer.state FROZEN");
  }

  @Test
  void refusesToFreezeWithoutACgroup() {
    assertThatThrownBy(() -> cgroup(MEMORY).freeze(5))
        .isInstanceOf(UnsupportedException.class)
        .hasMessageContaining("no cgroup that can be frozen");
  }

  @Test
  void killsAllAtOnceWhereTheKernelCan() {
    fs.with(UNIFIED + "/cgroup.kill", "");

    cgroup(UNIFIED).kill();

    assertThat(fs.deeds()).containsExactly("write " + UNIFIED + "/cgroup.kill 1");
  }

  @Test
  void killsFrozenProcessesOneByOneAndThawsThemElsewhere() {
    fs.with(FREEZER + "/freezer.state", "THAWED\n")
        .with(FREEZER + "/cgroup.procs", "10\n11\n0\n")
        .with(FREEZER + "/inner/cgroup.procs", "12\n");

    cgroup(FREEZER).kill();

    assertThat(fs.deeds())
        .containsExactly(
            "write " + FREEZER + "/freezer.state FROZEN",
            "kill 10",
            "kill 11",
            "kill 12",
            "write " + FREEZER + "/freezer.state THAWED");
  }

  @Test
  void killsAgainWhatForkedMeanwhileWhereNothingCanBeFrozen() {
    fs.with(MEMORY + "/cgroup.procs", "10\n").appearingOnKill(MEMORY + "/cgroup.procs", "11\n");

    cgroup(MEMORY).kill();

    assertThat(fs.deeds()).containsExactly("kill 10", "kill 11");
  }

  @Test
  void forbidsForksBeforeItKills() {
    fs.with(PIDS + "/pids.max", "max\n").with(PIDS + "/cgroup.procs", "10\n");

    cgroup(PIDS).kill();

    assertThat(fs.deeds()).containsExactly("write " + PIDS + "/pids.max 0", "kill 10");
  }

  @Test
  void takesAFreezeThatIsNotCompleteForOne() {
    fs.with(FREEZER + "/freezer.state", "FREEZING\n");

    assertThat(cgroup(FREEZER).isFrozen()).isTrue();
  }

  @Test
  void removesFromTheBottomUp() {
    fs.with(UNIFIED + "/cgroup.events", "populated 0\n")
        .with(UNIFIED + "/a/b/cgroup.events", "populated 0\n");

    cgroup(UNIFIED, MEMORY).remove(100);

    assertThat(fs.deeds())
        .containsExactly(
            "await " + UNIFIED + "/cgroup.events populated 0",
            "rmdir " + UNIFIED + "/a/b",
            "rmdir " + UNIFIED + "/a",
            "rmdir " + UNIFIED);
  }

  @Test
  void readsFiguresOfV2() {
    fs.with(UNIFIED + "/memory.current", "1000\n")
        .with(UNIFIED + "/memory.peak", "2000\n")
        .with(UNIFIED + "/memory.max", "max\n")
        .with(UNIFIED + "/memory.events", "oom_kill 3\n")
        .with(UNIFIED + "/pids.current", "4\n")
        .with(UNIFIED + "/pids.max", "5\n")
        .with(UNIFIED + "/pids.events", "max 6\n")
        .with(
            UNIFIED + "/cpu.stat",
            "usage_usec 7\nnr_periods 8\nnr_throttled 9\nthrottled_usec 10\n")
        .with(UNIFIED + "/io.stat", "8:0 rbytes=11 wbytes=12 rios=1\n8:16 rbytes=1 wbytes=1\n");

    CgroupStats stats = cgroup(UNIFIED).stats();

    assertThat(stats)
        .isEqualTo(
            new CgroupStats(
                new CgroupStats.Memory(1000, 2000, CgroupStats.UNLIMITED, 3),
                new CgroupStats.Pids(4, 5, 6),
                new CgroupStats.Cpu(7, 8, 9, 10),
                new CgroupStats.Io(12, 13)));
  }

  @Test
  void readsFiguresOfV1AndOfTheUnifiedGroupBesideIt() {
    fs.with(MEMORY + "/memory.usage_in_bytes", "1000\n")
        .with(MEMORY + "/memory.max_usage_in_bytes", "2000\n")
        .with(MEMORY + "/memory.limit_in_bytes", "9223372036854771712\n")
        .with(MEMORY + "/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n")
        .with("/c/cpu/x/cpu.stat", "nr_periods 8\nnr_throttled 9\nthrottled_time 10000\n")
        .with(UNIFIED + "/cpu.stat", "usage_usec 7\nnr_periods 0\n")
        .with(
            "/c/blkio/x/blkio.throttle.io_service_bytes_recursive",
            "254:0 Read 11\n254:0 Write 12\nTotal 23\n");

    CgroupStats stats = cgroup(UNIFIED, MEMORY, "/c/cpu/x", "/c/blkio/x").stats();

    assertThat(stats.memory())
        .isEqualTo(new CgroupStats.Memory(1000, 2000, CgroupStats.UNLIMITED, 3));
    assertThat(stats.cpu()).isEqualTo(new CgroupStats.Cpu(7, 8, 9, 10));
    assertThat(stats.io()).isEqualTo(new CgroupStats.Io(11, 12));
    assertThat(stats.pids().current()).isEqualTo(CgroupStats.UNKNOWN);
  }

  private Cgroup cgroup(String... directories) {
    return new Cgroup(fs, List.of(directories).stream().map(Path::of).toList());
  }
}
