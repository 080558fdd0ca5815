package dev.brig.runtime.compile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brig.error.UnsupportedException;
import dev.brig.linux.KernelRelease;
import dev.brig.namespaces.ProcessRequest.Setgroups;
import dev.brig.plan.Op;
import dev.brig.plan.Plan;
import dev.brig.plan.PlanText;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class HandedRootTest {
  private static final Streams STREAMS = new Streams.Inherited(Streams.Input.EMPTY);

  private static Launch launch(Isolation isolation) {
    Launch plain = Samples.launch(Samples.spec("/bin/true"), "/var/lib/brig/c", STREAMS);
    return new Launch(
        plain.state(),
        plain.streams(),
        isolation,
        plain.cgroup(),
        plain.rootfs(),
        plain.process(),
        plain.hostname(),
        plain.sysctls(),
        plain.oomScoreAdj(),
        plain.settings(),
        plain.custody(),
        plain.keeper());
  }

  private static Isolation created() {
    Isolation plain =
        Samples.launch(Samples.spec("/bin/true"), "/var/lib/brig/c", STREAMS).isolation();
    return new Isolation(
        plain.created() | Isolation.CLONE_NEWUSER,
        List.of(),
        new Isolation.IdMapping.Written("0 9 1\n", "0 9 1\n", Setgroups.ALLOWED));
  }

  private static Isolation joined() {
    Isolation plain =
        Samples.launch(Samples.spec("/bin/true"), "/var/lib/brig/c", STREAMS).isolation();
    return new Isolation(
        plain.created() & ~Isolation.CLONE_NEWPID,
        List.of(
            new Isolation.Join(Isolation.CLONE_NEWUSER, "/proc/7/ns/user", ""),
            new Isolation.Join(Isolation.CLONE_NEWPID, "/proc/7/ns/pid", "")),
        new Isolation.IdMapping.Joined(Setgroups.ALLOWED));
  }

  private static List<String> calls(Launch launch) {
    Plan plan = ContainerPlanner.plan(HandedRoot.of(launch, KernelRelease.parse("6.18.0")));
    List<String> calls = new ArrayList<>();
    for (var step : plan.calls()) {
      if (step.op() instanceof Op.Call call) {
        calls.add(PlanText.text(call));
      }
    }
    return calls;
  }

  private static int first(List<String> calls, String start) {
    for (int i = 0; i < calls.size(); i++) {
      if (calls.get(i).startsWith(start)) {
        return i;
      }
    }
    throw new AssertionError("no " + start + " in " + calls);
  }

  @Test
  void leavesAContainerWithoutUserNamespaceAsItIs() {
    Launch plain = Samples.launch(Samples.spec("/bin/true"), "/var/lib/brig/c", STREAMS);

    assertThat(HandedRoot.of(plain, KernelRelease.parse("6.18.0"))).isSameAs(plain);
  }

  @Test
  void mapsTheIdsOfTheLayersOnceTheyAreWrittenAndHandsThemOver() {
    List<String> calls = calls(launch(created()));

    int written = first(calls, "write(<mapfd>, \"0 9 1\\n\"");
    int cloned = first(calls, "open_tree(AT_FDCWD, \"/\"");
    int mapped = first(calls, "mount_setattr(<layer 0>");
    int sent = first(calls, "sendmsg(");
    assertThat(List.of(written, cloned, mapped, sent)).isSorted();
    assertThat(calls.get(mapped)).contains("MOUNT_ATTR_IDMAP").contains("userns_fd=<usernsfd>");
  }

  @Test
  void keepsTheWayToTheMountPointWhileItIsTheHostsRoot() {
    List<String> calls = calls(launch(created()));

    assertThat(first(calls, "openat(AT_FDCWD, \"/var/lib/brig/c/rootfs\""))
        .isLessThan(first(calls, "setresuid(0, 0, 0)"));
    assertThat(calls.get(first(calls, "mount(\"overlay\"")))
        .contains("lowerdir=0,upperdir=container/upper,workdir=container/work,userxattr");
  }

  @Test
  void joinsThePidNamespaceBeforeTheUserNamespaceThatTakesTheRightTo() {
    List<String> calls = calls(launch(joined()));

    assertThat(first(calls, "setns(<CLONE_NEWPID>"))
        .isLessThan(first(calls, "setns(<CLONE_NEWUSER>"));
    assertThat(first(calls, "mount_setattr(<layer 0>"))
        .isLessThan(first(calls, "setns(<CLONE_NEWUSER>"));
    assertThat(calls.get(first(calls, "clone3("))).contains("CLONE_PARENT");
  }

  @Test
  void joinsTheUserNamespaceFirstWhereItGivesTheRightTo() {
    Launch rootless = launch(joined());
    List<String> calls = new ArrayList<>();
    for (var step : ContainerPlanner.plan(rootless).calls()) {
      if (step.op() instanceof Op.Call call) {
        calls.add(PlanText.text(call));
      }
    }

    assertThat(first(calls, "setns(<CLONE_NEWUSER>"))
        .isLessThan(first(calls, "setns(<CLONE_NEWPID>"));
  }

  @Test
  void refusesAKernelThatStacksNoMappedLayers() {
    assertThatThrownBy(() -> HandedRoot.of(launch(created()), KernelRelease.parse("5.15.0")))
        .isInstanceOf(UnsupportedException.class)
        .hasMessageContaining("--userns");
  }
}
