package dev.brig.compiler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brig.compiler.Programs.Run;
import dev.brig.compiler.Programs.TraceRecord;
import dev.brig.linux.Machine;
import dev.brig.linux.Syscall;
import dev.brig.plan.Condition;
import dev.brig.plan.Label;
import dev.brig.plan.OnError;
import dev.brig.plan.Op;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.Operand.Value;
import dev.brig.plan.Plan;
import dev.brig.plan.Slot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class TraceTest {
  private static final Num NULL = new Num(0, "NULL");
  private static final Num SIGCHLD = new Num(17, "SIGCHLD");
  private static final Slot A = new Slot("a");
  private static final Slot PID = new Slot("pid");

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource
  void recordsEachCallWithItsResultAndTimeAndKeepsTheResult(Machine machine) throws IOException {
    Plan plan =
        new TestPlan()
            .call(A, new OnError.Ignore(), Syscall.CLOSE, new Num(-1))
            .call(Syscall.DUP3, new Num(1), new Num(77), new Num(0))
            .show(A)
            .exit(0)
            .plan();

    List<TraceRecord> records = run(plan, machine, new Run(0, Long.toUnsignedString(-9) + "\n"));

    assertThat(records).extracting(TraceRecord::call).containsExactly(0, 1, 2, 3);
    assertThat(records).extracting(TraceRecord::result).containsExactly(0L, -9L, 77L, 21L);
    assertThat(records).extracting(TraceRecord::nanoseconds).isSorted();
    long now = System.nanoTime();
    assertThat(records)
        .allMatch(r -> now - r.nanoseconds() < 60_000_000_000L && r.nanoseconds() < now);
  }

  @ParameterizedTest
  @EnumSource
  void recordsTheCallsOfChildrenToo(Machine machine) throws IOException {
    Label child = new Label("child");
    Plan plan =
        new TestPlan()
            .call(PID, Syscall.CLONE, SIGCHLD, new Num(0), NULL, NULL, NULL)
            .add(new Op.Branch(PID, Condition.EQUAL, 0, child))
            .call(Syscall.WAIT4, new Value(PID), NULL, new Num(0), NULL)
            .exit(0)
            .add(new Op.Mark(child))
            .call(Syscall.DUP3, new Num(1), new Num(78), new Num(0))
            .exit(0)
            .plan();

    List<TraceRecord> records = run(plan, machine, new Run(0, ""));

    assertThat(records).extracting(TraceRecord::call).containsExactlyInAnyOrder(0, 1, 1, 2, 4);
    assertThat(records).anyMatch(r -> r.call() == 1 && r.result() == 0);
    assertThat(records).anyMatch(r -> r.call() == 4 && r.result() == 78);
  }

  private List<TraceRecord> run(Plan plan, Machine machine, Run expected) throws IOException {
    Path trace = directory.resolve("trace");
    CompileOptions options = new CompileOptions(machine, 2, List.of());
    assertThat(Programs.run(plan, options, List.of(), trace)).isEqualTo(expected);
    return Programs.records(Files.readAllBytes(trace));
  }
}
