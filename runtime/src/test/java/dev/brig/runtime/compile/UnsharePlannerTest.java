package dev.brig.runtime.compile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brig.linux.Syscall;
import dev.brig.namespaces.ProcessRequest.Setgroups;
import dev.brig.plan.Op;
import dev.brig.plan.Plan;
import dev.brig.plan.PlanText;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class UnsharePlannerTest {
  private static final Isolation.IdMapping ALONE =
      new Isolation.IdMapping.Written("0 1000 1\n", "0 1000 1\n", Setgroups.DENIED);
  private static final Isolation.IdMapping RANGES =
      new Isolation.IdMapping.Delegated(
          "/usr/bin/newuidmap",
          List.of("0", "1000", "1", "1", "100000", "65536"),
          "/usr/bin/newgidmap",
          List.of("0", "1000", "1", "1", "100000", "65536"));

  private static Plan plan(Isolation.IdMapping mapping) {
    return plan(mapping, "");
  }

  private static Plan plan(Isolation.IdMapping mapping, String root) {
    return UnsharePlanner.plan(
        new Unsharing(
            List.of("/bin/brig"),
            mapping,
            List.of("id"),
            List.of("A=B"),
            List.of("/sbin", "/bin"),
            root));
  }

  private static List<String> calls(Plan plan) {
    List<String> calls = new ArrayList<>();
    for (var step : plan.calls()) {
      if (step.op() instanceof Op.Call call) {
        calls.add(PlanText.text(call));
      }
    }
    return calls;
  }

  @Test
  void mapsTheOwnIdByItselfAfterGroupsAreGivenUp() {
    List<String> calls = calls(plan(ALONE));

    assertThat(calls)
        .containsSubsequence(
            "unshare(CLONE_NEWUSER|CLONE_NEWNS)",
            "write(<mapfd>, \"deny\", 4)",
            "write(<mapfd>, \"0 1000 1\\n\", 9)");
    assertThat(calls).noneMatch(call -> call.startsWith("clone("));
  }

  @Test
  void letsAHelperThatStaysOutsideMapRanges() {
    List<String> calls = calls(plan(RANGES));

    int unshared = calls.indexOf("unshare(CLONE_NEWUSER|CLONE_NEWNS)");
    assertThat(calls.subList(0, unshared)).anyMatch(call -> call.startsWith("clone("));
    assertThat(calls).anyMatch(call -> call.startsWith("execve(\"/usr/bin/newuidmap\""));
  }

  @Test
  void looksForTheCommandInEachDirectoryOfPath() {
    assertThat(calls(plan(ALONE)))
        .anyMatch(call -> call.startsWith("execve(\"/sbin/id\", [\"id\"]"))
        .anyMatch(call -> call.startsWith("execve(\"/bin/id\", [\"id\"]"));
  }

  @Test
  void keepsMountsOfTheNamespaceFromTheHost() {
    Plan plan = plan(ALONE);

    assertThat(calls(plan)).contains("mount(NULL, \"/\", NULL, MS_REC|MS_SLAVE, NULL)");
    assertThat(plan.calls())
        .anyMatch(step -> step.op() instanceof Op.Call call && call.syscall() == Syscall.MOUNT);
  }

  @Test
  void opensARootAsTheFirstDescriptorBeforeItGoesInside() {
    List<String> calls = calls(plan(RANGES, "/proc/7/root"));

    int opened = calls.indexOf("openat(AT_FDCWD, \"/proc/7/root\", O_RDONLY|O_PATH)");
    int closed = calls.indexOf("close_range(3, 4294967295, 0)");
    assertThat(opened).isEqualTo(closed + 1);
    assertThat(calls.subList(0, opened)).doesNotContain("unshare(CLONE_NEWUSER|CLONE_NEWNS)");
    // No call before the command's closes it again.
    assertThat(calls).doesNotContain("close(3)");
  }

  @Test
  void opensNoRootThatNobodyAskedFor() {
    assertThat(calls(plan(RANGES))).noneMatch(call -> call.contains("O_PATH"));
  }

  @Test
  void refusesANamespaceWithoutIds() {
    assertThatThrownBy(() -> plan(new Isolation.IdMapping.None()))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
