package dev.brig.runtime.compile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brig.cgroups.CgroupPlan;
import dev.brig.error.UnsupportedException;
import dev.brig.namespaces.ProcessRequest.Role;
import dev.brig.namespaces.Rootfs;
import dev.brig.namespaces.RootfsRequest;
import dev.brig.plan.Op;
import dev.brig.plan.Plan;
import dev.brig.plan.PlanText;
import dev.brig.plan.Step;
import dev.brig.runtime.spec.Hook;
import dev.brig.runtime.spec.Hooks;
import dev.brig.runtime.spec.LinuxIntelRdt;
import dev.brig.runtime.spec.LinuxMemory;
import dev.brig.runtime.spec.LinuxResources;
import dev.brig.runtime.spec.Mount;
import dev.brig.runtime.spec.Spec;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class GateTest {
  private static final Streams STREAMS = new Streams.Inherited(Streams.Input.PASSED);

  private static Plan plan(Spec spec, Custody.Until until, Hooks hooks) {
    Launch.State state =
        new Launch.State(
            "c",
            "/run/brig/oci/c",
            "/run/brig/oci/c",
            "",
            List.of("/bin/brig-oci"),
            -1,
            -1,
            0,
            Launch.Removal.REMOVE,
            Launch.Removal.REMOVE,
            Launch.Service.PLAIN);
    SpecCompiler.Placement placement =
        new SpecCompiler.Placement(
            state,
            new Rootfs.Directory("/b/root"),
            "/b/root",
            STREAMS,
            Role.FIRST,
            new Keeper.None(),
            RootfsRequest.Way.PIVOT);
    HookCalls calls = new HookCalls(hooks, "{\"status\":\"", "\",\"pid\":", "}");
    Custody.Caller caller =
        new Custody.Caller(
            until,
            "/b/pid",
            2,
            "_ses.c",
            RootfsRequest.Way.PIVOT,
            "",
            List.of(),
            SeccompListener.NONE,
            calls);
    return ContainerPlanner.plan(
        SpecCompiler.handed(spec, placement, CgroupPlan.NONE, Samples.facts(), caller));
  }

  private static List<String> calls(Plan plan) {
    List<String> calls = new ArrayList<>();
    for (Step step : plan.calls()) {
      if (step.op() instanceof Op.Call call) {
        calls.add(PlanText.text(call));
      }
    }
    return calls;
  }

  private static int index(List<String> calls, String start) {
    for (int i = 0; i < calls.size(); i++) {
      if (calls.get(i).startsWith(start)) {
        return i;
      }
    }
    throw new AssertionError("no call " + start + " in " + String.join("\n", calls));
  }

  @Test
  void waitsBehindEveryStepButTheExecution() {
    List<String> calls = calls(plan(Samples.spec("/bin/x"), Custody.Until.CREATED, Hooks.NONE));

    int gate = index(calls, "read(5, ");
    assertThat(calls.subList(gate + 1, calls.size()))
        .filteredOn(call -> !call.startsWith("write") && !call.startsWith("exit_group"))
        .first()
        .asString()
        .startsWith("rt_sigprocmask(");
    assertThat(index(calls, "faccessat(AT_FDCWD, \"/bin/x\"")).isLessThan(gate);
  }

  @Test
  void outlivesTheProgramThatMadeIt() {
    List<String> calls = calls(plan(Samples.spec("/bin/x"), Custody.Until.CREATED, Hooks.NONE));

    assertThat(calls).noneMatch(call -> call.contains("PR_SET_PDEATHSIG"));
  }

  @Test
  void keepsWhatIsPassedOnAndTheGateOnly() {
    List<String> calls = calls(plan(Samples.spec("/bin/x"), Custody.Until.CREATED, Hooks.NONE));

    assertThat(calls.getFirst()).startsWith("close_range(5, ");
    assertThat(calls).anyMatch(call -> call.startsWith("close_range(8, "));
  }

  @Test
  void runsHooksOfTheContainerBeforeItsRootIsEntered() {
    Hook hook = new Hook("/bin/hook", List.of(), null, null);
    Hooks hooks = new Hooks(List.of(), List.of(), List.of(hook), List.of(), List.of(), List.of());

    List<String> calls = calls(plan(Samples.spec("/bin/x"), Custody.Until.CREATED, hooks));

    assertThat(index(calls, "execve(\"/bin/hook\"")).isLessThan(index(calls, "pivot_root("));
  }

  @Test
  void refusesAFieldThatBrigCannotHonourByItsName() {
    Spec plain = Samples.spec("/bin/x");
    Spec spec =
        plain.toBuilder()
            .linux(
                plain.linux().toBuilder()
                    .intelRdt(
                        new LinuxIntelRdt("x", List.of(), "", "", /* enableMonitoring= */ false))
                    .build())
            .build();

    assertThatThrownBy(() -> plan(spec, Custody.Until.CREATED, Hooks.NONE))
        .isInstanceOf(UnsupportedException.class)
        .hasMessageContaining("/linux/intelRdt");
  }

  @Test
  void refusesWhatTheKernelPassesOverOnABindMount() {
    Spec plain = Samples.spec("/bin/x");
    List<Mount> mounts = new ArrayList<>(plain.mounts());
    mounts.add(new Mount("/data", "bind", "/srv", List.of("rbind", "sync")));
    Spec spec = plain.toBuilder().mounts(mounts).build();

    assertThatThrownBy(() -> plan(spec, Custody.Until.CREATED, Hooks.NONE))
        .isInstanceOf(UnsupportedException.class)
        .hasMessageContaining("/data")
        .hasMessageContaining("\"sync\"");
  }

  @Test
  void refusesToLimitTheKernelsMemoryByItself() {
    LinuxMemory limited = LinuxMemory.builder().kernel(1L << 20).build();
    LinuxMemory unlimited = LinuxMemory.builder().kernel(-1L).limit(1L << 30).build();

    assertThatThrownBy(
            () -> ResourceTranslator.resources(LinuxResources.builder().memory(limited).build()))
        .isInstanceOf(UnsupportedException.class)
        .hasMessageContaining("/linux/resources/memory/kernel");
    assertThat(
            ResourceTranslator.resources(LinuxResources.builder().memory(unlimited).build())
                .memory()
                .limitBytes())
        .isEqualTo(1L << 30);
  }
}
