package dev.brig.runtime.compile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brig.linux.Syscall;
import dev.brig.namespaces.ProcessRequest.Role;
import dev.brig.plan.Op;
import dev.brig.plan.Operand;
import dev.brig.plan.Plan;
import dev.brig.runtime.compile.GuestExecPlanner.FurtherCommand;
import dev.brig.runtime.compile.GuestExecPlanner.Passed;
import dev.brig.runtime.compile.MachineExecPlanner.MachineExecution;
import dev.brig.runtime.spec.Process;
import dev.brig.runtime.spec.Spec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Both halves of a further command in a virtual machine.
final class MachineExecPlannerTest {
  private static final byte[] PROGRAM = new byte[300];

  private static Plan host(Streams streams, Execution.Waiting waiting) {
    return MachineExecPlanner.plan(
        new MachineExecution("/c", 2, 9, "/proc/7/fd/10", PROGRAM, streams, waiting, 0));
  }

  private static Plan guest(Passed passed) {
    Spec spec = Samples.spec("/bin/true");
    Process process = Objects.requireNonNull(spec.process());
    return GuestExecPlanner.plan(
        new FurtherCommand(
            2,
            passed,
            SpecCompiler.process(spec, process, Samples.facts(), Role.FIRST),
            SpecCompiler.settings(spec, process, "", SeccompListener.NONE)));
  }

  private static List<Op.Call> calls(Plan plan, Syscall syscall) {
    List<Op.Call> calls = new ArrayList<>();
    for (var step : plan.calls()) {
      if (step.op() instanceof Op.Call call && call.syscall() == syscall) {
        calls.add(call);
      }
    }
    return calls;
  }

  private static List<String> sockets(Plan plan) {
    List<String> sockets = new ArrayList<>();
    for (Op.Call call : calls(plan, Syscall.CONNECT)) {
      String address = call.arguments().get(1).toString();
      sockets.add(address.substring(address.indexOf("exec-"), address.lastIndexOf('"')));
    }
    return sockets;
  }

  private static Set<String> ports(Plan plan) {
    Set<String> ports = new TreeSet<>();
    for (Op.Call call : calls(plan, Syscall.OPENAT)) {
      if (call.arguments().get(1) instanceof Operand.Text(String name)
          && name.startsWith("vport")) {
        ports.add(name);
      }
    }
    return ports;
  }

  @Test
  void givesNoTwoCommandsTheSamePort() {
    Set<Integer> ports = new HashSet<>(List.of(1, 2, 3, 4, 5));
    for (int slot = 0; slot < GuestExecSteps.SLOTS; slot++) {
      for (int place = 0; place < GuestExecSteps.SLOT_PORTS; place++) {
        assertThat(ports.add(GuestExecSteps.port(slot, place))).isTrue();
      }
    }
    // A virtio console has 31 ports unless it is told otherwise; QEMU, "max_ports".
    assertThat(ports).allMatch(port -> port <= 30);
  }

  @Test
  void reachesOnEitherSideWhatTheOtherSideHas() {
    Streams passed = new Streams.Inherited(Streams.Input.PASSED);
    Streams empty = new Streams.Inherited(Streams.Input.EMPTY);
    Streams shown = new Streams.Shown(Streams.Input.EMPTY);

    assertThat(sockets(host(passed, Execution.Waiting.FOREGROUND)))
        .containsExactly("exec-2-0", "exec-2-1", "exec-2-2", "exec-2-3");
    assertThat(ports(guest(Passed.PIPES))).containsExactly("vport0p14", "vport0p15", "vport0p16");
    assertThat(sockets(host(empty, Execution.Waiting.FOREGROUND)))
        .containsExactly("exec-2-1", "exec-2-2", "exec-2-3");
    assertThat(ports(guest(Passed.OUTPUT))).containsExactly("vport0p15", "vport0p16");
    assertThat(sockets(host(shown, Execution.Waiting.FOREGROUND)))
        .containsExactly("exec-2-0", "exec-2-1", "exec-2-3");
    assertThat(ports(guest(Passed.TERMINAL))).containsExactly("vport0p14", "vport0p15");
    assertThat(sockets(host(empty, Execution.Waiting.BACKGROUND)))
        .containsExactly("exec-2-2", "exec-2-3");
    assertThat(ports(guest(Passed.NONE))).containsExactly("vport0p16");
  }

  @Test
  void sendsTheProgramBehindItsLengthAndSaysOnWhichPort() {
    List<Op.Call> writes =
        calls(
            host(new Streams.Inherited(Streams.Input.EMPTY), Execution.Waiting.FOREGROUND),
            Syscall.WRITE);

    assertThat(writes.get(0).arguments().get(1))
        .isInstanceOfSatisfying(
            Operand.Data.class,
            data -> {
              assertThat(data.bytes()).hasSize(8 + PROGRAM.length);
              assertThat(data.bytes()).startsWith(300 - 256, 1, 0, 0, 0, 0, 0, 0);
            });
    assertThat(writes.get(1).arguments().get(1))
        .isInstanceOfSatisfying(
            Operand.Data.class,
            data -> assertThat(data.bytes()).startsWith(0, 0, 0, 0, 17, 0, 0, 0).hasSize(16));
  }

  @Test
  void listensToSignalsOnlyWhenThereIsSomebodyToPassThemOnTo() {
    Plan plan = host(new Streams.Inherited(Streams.Input.EMPTY), Execution.Waiting.FOREGROUND);
    List<Syscall> calls = new ArrayList<>();
    for (var step : plan.calls()) {
      if (step.op() instanceof Op.Call call) {
        calls.add(call.syscall());
      }
    }

    assertThat(calls).containsSubsequence(Syscall.WRITE, Syscall.READ, Syscall.SIGNALFD4);
    assertThat(calls.subList(0, calls.indexOf(Syscall.READ)))
        .doesNotContain(Syscall.RT_SIGPROCMASK, Syscall.SIGNALFD4);
  }

  @ParameterizedTest
  @EnumSource(Passed.class)
  void givesEveryStepOfTheGuestAReason(Passed passed) {
    assertThat(guest(passed).steps()).allMatch(step -> !step.why().isEmpty());
  }
}
