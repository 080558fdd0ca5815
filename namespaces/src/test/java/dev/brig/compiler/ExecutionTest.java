package dev.brig.compiler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brig.compiler.Programs.Run;
import dev.brig.linux.Errno;
import dev.brig.linux.Machine;
import dev.brig.linux.Syscall;
import dev.brig.plan.Arithmetic;
import dev.brig.plan.Buffer;
import dev.brig.plan.Condition;
import dev.brig.plan.OnError;
import dev.brig.plan.Op;
import dev.brig.plan.Operand;
import dev.brig.plan.Plan;
import dev.brig.plan.Slot;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ExecutionTest {
  private static final Slot A = new Slot("a");
  private static final Slot B = new Slot("b");

  @ParameterizedTest
  @EnumSource
  void writesATextAndExitsWithTheStatusOfThePlan(Machine machine) {
    Plan plan =
        new TestPlan()
            .call(
                Syscall.WRITE, new Operand.Num(1), new Operand.Text("hello\n"), new Operand.Num(6))
            .exit(7)
            .plan();

    Run run = Programs.run(plan, machine);

    assertThat(run).isEqualTo(new Run(7, "hello\n"));
  }

  @ParameterizedTest
  @EnumSource
  void reportsTheNumberAndTheErrnoOfTheCallThatAborts(Machine machine) {
    Plan plan =
        new TestPlan().call(Syscall.GETPID).call(Syscall.CLOSE, new Operand.Num(-1)).exit(0).plan();

    Run run = Programs.run(plan, machine);

    assertThat(run)
        .isEqualTo(
            new Run(TestPlan.FAILED, "2 9\nmake close: close(-1) = EBADF (Bad file descriptor)\n"));
  }

  @ParameterizedTest
  @EnumSource
  void goesOnAfterAnErrorThatIsTolerated(Machine machine) {
    Plan plan =
        new TestPlan()
            .call(
                A,
                new OnError.Tolerate(Set.of(Errno.ENOENT, Errno.EBADF)),
                Syscall.CLOSE,
                new Operand.Num(-1))
            .show(A)
            .exit(0)
            .plan();

    Run run = Programs.run(plan, machine);

    assertThat(run).isEqualTo(new Run(0, Long.toUnsignedString(-9) + "\n"));
  }

  @ParameterizedTest
  @EnumSource
  void calculatesWithSlots(Machine machine) {
    TestPlan plan = new TestPlan();
    for (Arithmetic arithmetic : Arithmetic.values()) {
      plan.set(A, 0x1_0000_0003L).compute(B, A, arithmetic, new Operand.Num(2)).show(B);
      plan.set(A, -5).set(B, 3).compute(A, A, arithmetic, new Operand.Value(B)).show(A);
    }

    Run run = Programs.run(plan.exit(0).plan(), machine);

    long a = 0x1_0000_0003L;
    assertThat(run.output())
        .isEqualTo(
            Programs.lines(
                a + 2, -5 + 3, a - 2, -5 - 3, a & 2, -5 & 3, a | 2, -5 | 3, a << 2, -5L << 3,
                a >>> 2, -5L >>> 3));
  }

  @ParameterizedTest
  @EnumSource
  void branchesAsTheConditionSays(Machine machine) {
    TestPlan plan = new TestPlan();
    StringBuilder expected = new StringBuilder();
    long[] numbers = {
      0, 1, -1, 127, 128, -129, 4096, Integer.MAX_VALUE, 1L << 31, 1L << 40, Long.MIN_VALUE
    };
    for (Condition condition : Condition.values()) {
      for (long left : numbers) {
        StringBuilder taken = new StringBuilder();
        for (long right : numbers) {
          plan.set(A, left).branchOver(A, condition, right, taken.length() + " not taken");
          taken.append(Programs.holds(left, condition, right) ? "" : taken.length() + " not taken");
        }
        expected.append(taken);
      }
    }

    Run run = Programs.run(plan.exit(0).plan(), machine);

    assertThat(run.output()).isEqualTo(expected.toString());
  }

  @ParameterizedTest
  @EnumSource
  void writesReadsAndCopiesMemoryThatTheKernelMapped(Machine machine) {
    Slot page = new Slot("page");
    Slot other = new Slot("other");
    TestPlan plan = new TestPlan();
    for (Slot slot : List.of(page, other)) {
      plan.call(
          slot,
          Syscall.MMAP,
          new Operand.Num(0),
          new Operand.Num(8192),
          new Operand.Num(3, "PROT_READ|PROT_WRITE"),
          new Operand.Num(0x22, "MAP_PRIVATE|MAP_ANONYMOUS"),
          new Operand.Num(-1),
          new Operand.Num(0));
    }
    plan.set(A, 0xfedc_ba98_7654_3210L);
    for (int width : List.of(8, 4, 2, 1)) {
      plan.compute(page, page, Arithmetic.ADD, new Operand.Num(16));
      plan.add(new Op.Poke(A, page, width)).add(new Op.Peek(B, page, 0, 8)).show(B);
      plan.add(new Op.Peek(B, page, -16, width)).show(B);
    }
    plan.compute(page, page, Arithmetic.SUBTRACT, new Operand.Num(64));
    plan.add(new Op.Copy(other, page, 80)).add(new Op.Peek(B, other, 16, 8)).show(B);
    plan.add(new Op.Peek(B, other, 64, 8)).show(B).add(new Op.Peek(B, other, 80, 8)).show(B);

    Run run = Programs.run(plan.exit(0).plan(), machine);

    long a = 0xfedc_ba98_7654_3210L;
    assertThat(run.output())
        .isEqualTo(
            Programs.lines(a, 0, 0x76543210L, 0x76543210L, 0x3210, 0x3210, 0x10, 0x10, a, 0x10, 0));
  }

  @ParameterizedTest
  @EnumSource
  void storesAndLoadsTheWidthsOfABuffer(Machine machine) {
    Buffer buffer = new Buffer("bytes", 72);
    TestPlan plan = new TestPlan().set(A, 0xfedc_ba98_7654_3210L);
    for (int width : List.of(1, 2, 4, 8)) {
      plan.store(A, buffer, 8 * width, width).load(B, buffer, 8 * width, 8).show(B);
      plan.set(B, 8L * width + 0).loadAt(B, buffer, B, width).show(B);
      plan.load(B, buffer, 8 * width, width).show(B);
    }

    Run run = Programs.run(plan.exit(0).plan(), machine);

    long a = 0xfedc_ba98_7654_3210L;
    assertThat(run.output())
        .isEqualTo(
            Programs.lines(
                0x10,
                0x10,
                0x10,
                0x3210,
                0x3210,
                0x3210,
                0x76543210L,
                0x76543210L,
                0x76543210L,
                a,
                a,
                a));
  }
}
