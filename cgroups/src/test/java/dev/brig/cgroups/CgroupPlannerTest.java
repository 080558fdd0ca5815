package dev.brig.cgroups;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brig.error.UnsupportedException;
import dev.brig.error.UsageException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CgroupPlannerTest {
  private static final long MIB = 1024 * 1024;

  private static final Resources USUAL =
      Resources.NONE
          .with(Resources.Memory.limit(64 * MIB, 64 * MIB))
          .with(Resources.Cpu.NONE.withQuota(50_000, 100_000))
          .with(new Resources.Pids(20));

  private static final Resources TASKS_AS_USUAL = Resources.NONE.with(Resources.Pids.USUAL);

  private static final String SCOPE =
      "user.slice/user-1000.slice/user@1000.service/app.slice/run-1.scope";

  @Test
  void makesOnlyAUnifiedGroupWithoutLimits() {
    CgroupPlan plan = plan(Hosts.hybrid(), Resources.NONE);

    assertThat(plan.leaves()).containsExactly(Path.of("/sys/fs/cgroup/unified/brig/x"));
    assertThat(plan.parents()).containsExactly(Path.of("/sys/fs/cgroup/unified/brig"));
    assertThat(plan.joins()).isEmpty();
    assertThat(plan.writes()).isEmpty();
    assertThat(plan.unified()).isEqualTo(Path.of("/sys/fs/cgroup/unified/brig/x"));
  }

  @Test
  void freezesByTheV1ControllerWhereThereIsNoUnifiedHierarchy() {
    CgroupPlan plan = plan(Hosts.pureV1(), Resources.NONE);

    assertThat(plan.hasUnified()).isFalse();
    assertThat(plan.joins()).containsExactly(Path.of("/sys/fs/cgroup/freezer/brig/x/tasks"));
  }

  @Test
  void putsEachLimitWhereItsControllerLivesOnV1() {
    CgroupPlan plan = plan(Hosts.hybrid(), USUAL);

    assertThat(writes(plan))
        .containsExactly(
            "memory/brig/x/memory.limit_in_bytes 67108864 --memory",
            "memory/brig/x/memory.memsw.limit_in_bytes 67108864 --memory-swap",
            "cpu/brig/x/cpu.cfs_period_us 100000 --cpu-period",
            "cpu/brig/x/cpu.cfs_quota_us 50000 --cpus",
            "pids/brig/x/pids.max 20 --pids-limit");
    assertThat(plan.joins())
        .containsExactly(
            Path.of("/sys/fs/cgroup/memory/brig/x/tasks"),
            Path.of("/sys/fs/cgroup/cpu/brig/x/tasks"),
            Path.of("/sys/fs/cgroup/pids/brig/x/tasks"));
  }

  @Test
  void switchesMissingControllersOnFromTheTopOnV2() {
    Resources wish = USUAL.with(Resources.Cpu.NONE.withSets("1-2", ""));

    CgroupPlan plan = plan(Hosts.pureV2(), wish);

    assertThat(writes(plan))
        .containsExactly(
            "cgroup.subtree_control +cpuset ",
            "brig/cgroup.subtree_control +cpuset +memory +pids ",
            "brig/x/memory.max 67108864 --memory",
            "brig/x/memory.swap.max 0 --memory-swap",
            "brig/x/cpuset.cpus 1-2 --cpuset-cpus",
            "brig/x/pids.max 20 --pids-limit");
    assertThat(plan.joins()).isEmpty();
  }

  @Test
  void stepsAsideInADelegatedScope() {
    CgroupPlan plan = plan(Hosts.delegated("77\n"), USUAL);

    assertThat(writes(plan))
        .startsWith(
            SCOPE + "/brig-supervisor/cgroup.procs 0 ",
            SCOPE + "/cgroup.subtree_control +cpu +memory +pids ");
    assertThat(plan.parents()).contains(Path.of("/sys/fs/cgroup/" + SCOPE + "/brig-supervisor"));
  }

  @Test
  void refusesALimitBesideOtherProcesses() {
    assertThatThrownBy(() -> plan(Hosts.delegated("12\n77\n"), USUAL))
        .isInstanceOf(UnsupportedException.class)
        .hasMessageContaining("--memory")
        .hasMessageContaining("processes besides brig");
  }

  @Test
  void refusesALimitWithoutDelegation() {
    assertThatThrownBy(() -> plan(Hosts.rootless(), USUAL))
        .isInstanceOfSatisfying(
            UnsupportedException.class,
            e -> assertThat(e.failure().hint()).contains("systemd-run --user --scope"))
        .hasMessageContaining("memory (/sys/fs/cgroup) is not delegated to this user");
  }

  @Test
  void makesNoGroupForARootlessContainerWithoutLimits() {
    CgroupPlan plan = plan(Hosts.rootless(), Resources.NONE);

    assertThat(plan).isEqualTo(CgroupPlan.NONE);
  }

  @Test
  void inheritsProcessorsAndNodesByHandOnV1() {
    CgroupPlan plan =
        plan(Hosts.hybrid(), Resources.NONE.with(Resources.Cpu.NONE.withSets("1", "")));

    assertThat(writes(plan))
        .containsExactly(
            "cpuset/brig/cpuset.cpus 0-1 ",
            "cpuset/brig/cpuset.mems 0 ",
            "cpuset/brig/x/cpuset.cpus 1 --cpuset-cpus",
            "cpuset/brig/x/cpuset.mems 0 ");
  }

  @Test
  void refusesAProcessorThatIsNotThere() {
    assertThatThrownBy(
            () -> plan(Hosts.hybrid(), Resources.NONE.with(Resources.Cpu.NONE.withSets("0-5", ""))))
        .isInstanceOfSatisfying(
            UsageException.class, e -> assertThat(e.failure().hint()).contains("0-1"))
        .hasMessageContaining("there is no processor 2");
  }

  @Test
  void refusesAFileOfV2WhereTheControllerIsOnV1() {
    Resources wish = Resources.NONE.withUnified(Map.of("memory.high", "1000000"));

    assertThatThrownBy(() -> plan(Hosts.hybrid(), wish))
        .isInstanceOf(UnsupportedException.class)
        .hasMessageContaining("on cgroup v1");
  }

  @Test
  void limitsTasksAsUsualAndSaysThatItIsTheDefault() {
    CgroupPlan plan = plan(Hosts.hybrid(), TASKS_AS_USUAL);

    assertThat(plan.writes())
        .containsExactly(
            new CgroupWrite(
                Path.of("/sys/fs/cgroup/pids/brig/x/pids.max"),
                "2048",
                "--pids-limit",
                "limit the number of tasks to 2048, the default"));
    assertThat(plan.joins()).containsExactly(Path.of("/sys/fs/cgroup/pids/brig/x/tasks"));
  }

  @Test
  void switchesTheControllerOnForTheUsualLimit() {
    assertThat(writes(plan(Hosts.pureV2(), TASKS_AS_USUAL)))
        .containsExactly("brig/cgroup.subtree_control +pids ", "brig/x/pids.max 2048 --pids-limit");
    assertThat(writes(plan(Hosts.delegated("77\n"), TASKS_AS_USUAL)))
        .contains(SCOPE + "/brig/x/pids.max 2048 --pids-limit");
  }

  @Test
  void leavesTheUsualLimitOutWhereNothingIsDelegated() {
    assertThat(plan(Hosts.rootless(), TASKS_AS_USUAL)).isEqualTo(CgroupPlan.NONE);
    assertThat(plan(Hosts.hybrid().locked("/sys/fs/cgroup"), TASKS_AS_USUAL))
        .isEqualTo(CgroupPlan.NONE);
    assertThat(plan(new TextCgroupFs(), TASKS_AS_USUAL)).isEqualTo(CgroupPlan.NONE);
  }

  @Test
  void leavesTheUsualLimitOutWithoutTheController() {
    TextCgroupFs host = Hosts.pureV2().with("/sys/fs/cgroup/cgroup.controllers", "cpu memory\n");

    CgroupPlan plan = plan(host, TASKS_AS_USUAL);

    assertThat(plan).isEqualTo(plan(host, Resources.NONE));
    assertThat(plan.hasUnified()).isTrue();
  }

  @Test
  void leavesTheUsualLimitOutWhereTheContainerCouldNotBeShownItsGroup() {
    TextCgroupFs host =
        new TextCgroupFs()
            .with("/proc/self/mountinfo", "39 31 0:36 / /pids rw - cgroup cgroup rw,pids\n")
            .with("/proc/self/cgroup", "8:pids:/\n")
            .with("/pids/cgroup.procs", "");

    assertThat(plan(host, TASKS_AS_USUAL)).isEqualTo(CgroupPlan.NONE);
    assertThat(plan(host, Resources.NONE.with(new Resources.Pids(5))).writes()).isNotEmpty();
  }

  @Test
  void movesNobodyAsideForTheUsualLimit() {
    CgroupPlan plan = plan(Hosts.delegated("12\n77\n"), TASKS_AS_USUAL);

    assertThat(plan).isEqualTo(plan(Hosts.delegated("12\n77\n"), Resources.NONE));
  }

  @Test
  void limitsAsUsualBesideOthersWhereTheControllerIsOn() {
    TextCgroupFs host =
        Hosts.delegated("12\n77\n")
            .with("/sys/fs/cgroup/" + SCOPE + "/cgroup.subtree_control", "pids\n");

    assertThat(writes(plan(host, TASKS_AS_USUAL)))
        .containsExactly(
            SCOPE + "/brig/cgroup.subtree_control +pids ",
            SCOPE + "/brig/x/pids.max 2048 --pids-limit");
  }

  private static CgroupPlan plan(TextCgroupFs fs, Resources resources) {
    CgroupHost host = new CgroupProbe(fs).probe(resources, "brig/x");
    return new CgroupPlanner(Naming.OPTION, Privilege.ROOTLESS).plan(resources, host, "brig/x");
  }

  private static List<String> writes(CgroupPlan plan) {
    List<String> lines = new ArrayList<>();
    for (CgroupWrite write : plan.writes()) {
      Path file = Path.of("/sys/fs/cgroup").relativize(write.file());
      lines.add(file + " " + write.value() + " " + write.option());
    }
    return lines;
  }
}
