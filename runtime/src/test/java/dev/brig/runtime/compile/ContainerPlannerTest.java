package dev.brig.runtime.compile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brig.error.UnsupportedException;
import dev.brig.linux.Syscall;
import dev.brig.plan.Op;
import dev.brig.plan.Operand;
import dev.brig.plan.Plan;
import dev.brig.plan.Step;
import dev.brig.runtime.spec.Linux;
import dev.brig.runtime.spec.LinuxNamespace;
import dev.brig.runtime.spec.LinuxNamespaceType;
import dev.brig.runtime.spec.Spec;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ContainerPlannerTest {
  private final Plan plan =
      ContainerPlanner.plan(
          Samples.launch(
              Samples.spec("/bin/true"), "/c", new Streams.Inherited(Streams.Input.EMPTY)));

  @Test
  void isTheSamePlanForTheSameLaunch() {
    Plan again =
        ContainerPlanner.plan(
            Samples.launch(
                Samples.spec("/bin/true"), "/c", new Streams.Inherited(Streams.Input.EMPTY)));

    assertThat(again.steps()).hasSameSizeAs(plan.steps());
    for (int i = 0; i < plan.steps().size(); i++) {
      assertThat(again.steps().get(i).why()).isEqualTo(plan.steps().get(i).why());
    }
  }

  @Test
  void needsAtMost120CallsFromCloneToExecve() {
    List<Syscall> calls = child();

    assertThat(calls.indexOf(Syscall.EXECVE)).isLessThanOrEqualTo(120);
  }

  @Test
  void detachesTheHostsRootBeforeAnythingOfTheUsersIsTouched() {
    List<Syscall> calls = child();

    assertThat(calls).containsSubsequence(Syscall.PIVOT_ROOT, Syscall.UMOUNT2, Syscall.EXECVE);
    assertThat(calls.subList(calls.indexOf(Syscall.UMOUNT2), calls.size()))
        .doesNotContain(Syscall.MOVE_MOUNT, Syscall.OPENAT2, Syscall.MKNODAT);
  }

  @Test
  void neverExchangesTheRootOfTheHostsMountNamespace() {
    Spec spec = Samples.spec("/bin/true");
    List<LinuxNamespace> others = new ArrayList<>(spec.linux().namespaces());
    others.removeIf(namespace -> namespace.type() == LinuxNamespaceType.MOUNT);
    Spec shared = spec.toBuilder().linux(Linux.builder().namespaces(others).build()).build();
    Launch launch = Samples.launch(shared, "/c", new Streams.Inherited(Streams.Input.EMPTY));

    assertThatThrownBy(() -> ContainerPlanner.plan(launch))
        .isInstanceOf(UnsupportedException.class)
        .hasMessageContaining("no mount namespace");
  }

  @Test
  void givesUpEveryCapabilityThatWasNotGranted() {
    int dropped = 0;
    for (Step step : plan.calls()) {
      if (step.op() instanceof Op.Call call
          && call.syscall() == Syscall.PRCTL
          && call.arguments().getFirst() instanceof Operand.Num(_, String text)
          && text.equals("PR_CAPBSET_DROP")) {
        dropped++;
      }
    }

    assertThat(dropped).isEqualTo(41 - Samples.CAPABILITIES.size());
  }

  @Test
  void leavesOutWhatThisKernelDoesNotHave() {
    assertThat(plan.calls()).noneMatch(step -> step.why().contains("/proc/scsi"));
  }

  @Test
  void closesTheHostsDescriptorsBeforeTheWorkingDirectoryIsEntered() {
    List<Syscall> calls = child();
    int closed = calls.indexOf(Syscall.CLOSE_RANGE);

    assertThat(closed).isPositive();
    assertThat(calls.subList(closed, calls.size())).doesNotContain(Syscall.OPEN_TREE);
  }

  @Test
  void givesEveryStepAReason() {
    assertThat(plan.steps()).allMatch(step -> !step.why().isEmpty());
  }

  private List<Syscall> child() {
    List<Syscall> calls = new ArrayList<>();
    boolean inside = false;
    for (Step step : plan.steps()) {
      if (step.op() instanceof Op.Guard(String process, _)) {
        inside = process.equals("container");
      }
      if (inside && step.op() instanceof Op.Call call) {
        calls.add(call.syscall());
      }
    }
    return calls;
  }
}
