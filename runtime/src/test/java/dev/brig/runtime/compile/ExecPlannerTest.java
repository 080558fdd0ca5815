package dev.brig.runtime.compile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brig.linux.Identity.UserNamespace;
import dev.brig.linux.Syscall;
import dev.brig.namespaces.ProcessRequest.Role;
import dev.brig.plan.Op;
import dev.brig.plan.Plan;
import dev.brig.runtime.spec.Process;
import dev.brig.runtime.spec.Spec;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class ExecPlannerTest {
  private static Plan plan(long namespaces) {
    return plan(namespaces, UserNamespace.INITIAL);
  }

  private static Plan plan(long namespaces, UserNamespace place) {
    Spec spec = Samples.spec("/bin/true");
    Process process = Objects.requireNonNull(spec.process());
    return ExecPlanner.plan(
        new Execution(
            "0123456789ab",
            List.of("/bin/brig"),
            9,
            7,
            -1,
            0,
            namespaces,
            place,
            new Execution.Cgroups(List.of("/sys/fs/cgroup/pids/x/tasks"), ""),
            new Execution.ExecStreams(
                new Streams.Inherited(Streams.Input.EMPTY), Execution.Waiting.FOREGROUND),
            SpecCompiler.process(spec, process, Samples.facts(), Role.FIRST),
            SpecCompiler.settings(spec, process, "", SeccompListener.NONE)));
  }

  private static List<Syscall> calls(Plan plan) {
    List<Syscall> calls = new ArrayList<>();
    for (var step : plan.calls()) {
      if (step.op() instanceof Op.Call call) {
        calls.add(call.syscall());
      }
    }
    return calls;
  }

  @Test
  void joinsTheCgroupBeforeTheNamespacesThatHideIt() {
    List<Syscall> calls = calls(plan(Isolation.CLONE_NEWPID | Isolation.CLONE_NEWNS));

    assertThat(calls)
        .containsSubsequence(
            Syscall.SETNS,
            Syscall.CLONE3,
            Syscall.OPENAT,
            Syscall.WRITE,
            Syscall.SETNS,
            Syscall.CLOSE_RANGE,
            Syscall.EXECVE);
  }

  @Test
  void isNoTargetForTheContainersProcesses() {
    Plan plan = plan(Isolation.CLONE_NEWPID | Isolation.CLONE_NEWNS);

    assertThat(plan.calls()).anyMatch(step -> step.why().contains("no target"));
  }

  @Test
  void givesEveryStepAReason() {
    assertThat(plan(Isolation.CLONE_NEWPID).steps()).allMatch(step -> !step.why().isEmpty());
  }
}
