package dev.brig.runtime.attack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brig.compiler.CompileOptions;
import dev.brig.compiler.Compiler;
import dev.brig.linux.Machine;
import dev.brig.linux.Syscall;
import dev.brig.plan.Op;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.PlanText;
import dev.brig.plan.Step;
import dev.brig.runtime.attack.AttackReading.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AttackPlannerTest {
  private static AttackFacts facts(Machine machine, Set<String> absent) {
    return new AttackFacts(
        machine,
        new AttackFacts.FileId(65024, 2),
        Map.of("net", 4026531833L, "uts", 4026531838L, "pid", 4026531836L),
        4321,
        0xfe00,
        10,
        "/run/secret",
        absent,
        Optional.empty());
  }

  private static AttackFacts ofAGuest(Machine machine, Set<String> shared) {
    AttackFacts facts = facts(machine, Set.of());
    return new AttackFacts(
        facts.machine(),
        facts.root(),
        facts.namespaces(),
        facts.pid(),
        facts.disk(),
        facts.pidsMax(),
        facts.secret(),
        facts.absent(),
        Optional.of(
            new AttackFacts.HostKernel(
                "6.1.0", "#1 SMP", "0c9b1a0e-5f0c-4d3a-9a57-2c0e5c1f7d11", shared)));
  }

  private static AttackPlan all(Machine machine) {
    return AttackPlanner.plan(Battery.attacks(machine), facts(machine, Set.of()));
  }

  private static List<Op.Call> calls(AttackPlan plan, Syscall syscall) {
    List<Op.Call> calls = new ArrayList<>();
    for (Step step : plan.plan().calls()) {
      if (step.op() instanceof Op.Call call && call.syscall() == syscall) {
        calls.add(call);
      }
    }
    return calls;
  }

  @ParameterizedTest
  @EnumSource(Machine.class)
  void compilesEveryAttackForEveryMachine(Machine machine) {
    AttackPlan plan = all(machine);

    assertThat(Compiler.compile(plan.plan(), new CompileOptions(machine)).image()).isNotEmpty();
    assertThat(plan.attacks()).extracting(Attack::name).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @EnumSource(Machine.class)
  void compilesEveryAttackForContainersWithKernelsOfTheirOwn(Machine machine) {
    AttackPlan plan = AttackPlanner.plan(Battery.attacks(machine), ofAGuest(machine, Set.of()));

    assertThat(Compiler.compile(plan.plan(), new CompileOptions(machine)).image()).isNotEmpty();
    assertThat(calls(plan, Syscall.UNAME)).hasSize(1);
  }

  @Test
  void asksWhoseKernelItIsOnlyWhereItMayBeAnother() {
    assertThat(calls(all(Machine.X86_64), Syscall.UNAME)).isEmpty();
  }

  @Test
  void takesWhatAnotherKernelAllowsForBlockedAndNamesIt() {
    Attack asks = new Attack("asks", "ask", "nothing", s -> s.through("it is there"));
    AttackPlan plan = AttackPlanner.plan(List.of(asks), ofAGuest(Machine.X86_64, Set.of()));
    int remark =
        plan.remarks()
            .indexOf(
                "allowed, by a kernel of its own, " + AttackPlan.RELEASE + ", not by the host's");
    String allowed = "0 O " + remark + " 0\n";

    List<Result> results = AttackReading.read(plan, "kernel 4.4.0\0\0\n" + allowed);

    assertThat(results.getFirst().verdict())
        .isEqualTo(
            new Verdict.Blocked("allowed, by a kernel of its own, 4.4.0, not by the host's"));
  }

  @Test
  void knowsTheHostsNetworkBelowAnotherKernel() {
    List<Attack> sockets =
        Battery.attacks(Machine.X86_64).stream()
            .filter(attack -> attack.name().equals("raw-socket"))
            .toList();

    AttackPlan own = AttackPlanner.plan(sockets, ofAGuest(Machine.X86_64, Set.of()));
    AttackPlan shared = AttackPlanner.plan(sockets, ofAGuest(Machine.X86_64, Set.of("net")));

    String works = "it may send packets of any form, and works in the host's net namespace";
    assertThat(own.remarks()).doesNotContain(works);
    assertThat(shared.remarks()).contains(works);
  }

  @Test
  void writesToStandardOutputOnly() {
    for (Op.Call call : calls(all(Machine.X86_64), Syscall.WRITE)) {
      assertThat(call.arguments().getFirst()).isEqualTo(new Num(1));
    }
  }

  @Test
  void makesAndEmptiesNoFile() {
    for (Op.Call call : calls(all(Machine.X86_64), Syscall.OPENAT)) {
      assertThat(PlanText.text(call)).doesNotContain("O_CREAT", "O_TRUNC");
    }
  }

  @Test
  void sendsNoSignalToTheHost() {
    assertThat(calls(all(Machine.X86_64), Syscall.KILL))
        .isNotEmpty()
        .allMatch(call -> call.arguments().getLast() instanceof Num num && num.value() == 0);
  }

  @Test
  void mountsNothingThatThereIs() {
    assertThat(calls(all(Machine.X86_64), Syscall.MOUNT))
        .isNotEmpty()
        .allMatch(call -> PlanText.text(call).contains("brig-no-such-type"));
  }

  @Test
  void takesAFileThatTheMachineLacksForNoAnswer() {
    List<Attack> kcore =
        Battery.attacks(Machine.X86_64).stream()
            .filter(attack -> attack.name().equals("kcore"))
            .toList();

    AttackPlan plan = AttackPlanner.plan(kcore, facts(Machine.X86_64, Set.of("/proc/kcore")));

    assertThat(plan.remarks()).contains("this machine itself has no /proc/kcore");
  }

  private static AttackPlan two() {
    Attack asks = new Attack("asks", "ask", "nothing", s -> s.call(Syscall.GETPID));
    Attack reaches = new Attack("reaches", "reach", "nothing", s -> s.through("it is there"));
    return AttackPlanner.plan(List.of(asks, reaches), facts(Machine.X86_64, Set.of()));
  }

  private static int callOf(AttackPlan plan, Syscall syscall) {
    List<Step> calls = plan.plan().calls();
    for (int i = 0; i < calls.size(); i++) {
      if (calls.get(i).op() instanceof Op.Call call && call.syscall() == syscall) {
        return i + 1;
      }
    }
    throw new AssertionError(syscall);
  }

  @Test
  void namesTheCallThatWasRefused() {
    AttackPlan plan = two();

    List<Result> results = AttackReading.read(plan, "0 B " + callOf(plan, Syscall.GETPID) + " 1\n");

    assertThat(results.getFirst().verdict()).isEqualTo(new Verdict.Blocked("getpid() = EPERM"));
  }

  @Test
  void tellsTheSecretThatAnAttackHasRead() {
    AttackPlan plan = two();
    int remark = plan.remarks().indexOf("it is there");

    List<Result> results = AttackReading.read(plan, "secret 42\n1 N " + remark + " 0\n");

    assertThat(results.getLast().verdict())
        .isEqualTo(new Verdict.Through("it is there; the secret there is 42"));
  }

  @Test
  void takesNothingBackForAnEndThatComesLater() {
    AttackPlan plan = two();
    int remark = plan.remarks().indexOf("it is there");

    List<Result> results = AttackReading.read(plan, "1 N " + remark + " 0\n1 K 31 31\n");

    assertThat(results.getLast().verdict().word()).isEqualTo("not blocked");
  }

  @Test
  void takesSilenceForNoAnswer() {
    assertThat(AttackReading.read(two(), "what?\n7 B 1 1\n1 B 999 1\n0 K 9 9\n"))
        .extracting(result -> result.verdict().word())
        .containsOnly("inconclusive");
  }

  @Test
  void takesAFilterThatKillsForAnAnswer() {
    assertThat(AttackReading.read(two(), "0 K 31 31\n").getFirst().verdict().word())
        .isEqualTo("blocked");
  }
}
