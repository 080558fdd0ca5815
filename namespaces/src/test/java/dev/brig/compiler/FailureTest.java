package dev.brig.compiler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brig.compiler.Programs.Run;
import dev.brig.linux.Errno;
import dev.brig.linux.Machine;
import dev.brig.linux.Syscall;
import dev.brig.plan.Buffer;
import dev.brig.plan.Condition;
import dev.brig.plan.Label;
import dev.brig.plan.OnError;
import dev.brig.plan.Op;
import dev.brig.plan.Operand;
import dev.brig.plan.Operand.BufferAddress;
import dev.brig.plan.Operand.ErrnoText;
import dev.brig.plan.Operand.ErrnoTextLength;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.Operand.StepText;
import dev.brig.plan.Operand.StepTextLength;
import dev.brig.plan.Operand.Text;
import dev.brig.plan.Operand.Value;
import dev.brig.plan.Plan;
import dev.brig.plan.PlanText;
import dev.brig.plan.Slot;
import dev.brig.plan.Step;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class FailureTest {
  private static final Num SIGCHLD = new Num(17, "SIGCHLD");
  private static final Num NULL = new Num(0, "NULL");
  private static final Slot A = new Slot("a");
  private static final Slot PID = new Slot("pid");

  @ParameterizedTest
  @EnumSource
  void divertsForTheErrorsNamedOnly(Machine machine) {
    Label other = new Label("other way");
    OnError divert = new OnError.Divert(Set.of(Errno.ENOENT, Errno.EBADF), other);
    Plan plan =
        new TestPlan()
            .call(A, divert, Syscall.CLOSE, new Num(-1))
            .exit(1)
            .add(new Op.Mark(other))
            .call(A, divert, Syscall.DUP3, new Num(0), new Num(0), new Num(0))
            .exit(2)
            .plan();

    Run run = Programs.run(plan, machine);

    assertThat(run.status()).isEqualTo(TestPlan.FAILED);
    assertThat(run.output()).startsWith("3 22\n");
  }

  @ParameterizedTest
  @EnumSource
  void abortsForAnErrorThatIsNotAmongTheTolerated(Machine machine) {
    OnError tolerate = new OnError.Tolerate(Set.of(Errno.ENOENT));
    Plan plan = new TestPlan().call(A, tolerate, Syscall.CLOSE, new Num(-1)).exit(0).plan();

    Run run = Programs.run(plan, machine);

    assertThat(run.output()).startsWith("1 9\n");
  }

  @ParameterizedTest
  @EnumSource
  void goesToTheHandlerOfTheGuardThatComesLastBeforeTheCall(Machine machine) {
    Label inner = new Label("inner");
    TestPlan plan =
        new TestPlan()
            .add(new Op.Guard("inner", inner))
            .call(Syscall.CLOSE, new Num(-1))
            .exit(1)
            .add(new Op.Mark(inner))
            .show(Plan.FAILED_STEP)
            .show(Plan.FAILED_ERRNO);

    Run run = Programs.run(plan.exit(2).plan(), machine);

    assertThat(run).isEqualTo(new Run(2, "1\n9\n"));
  }

  /// The child reports through the pipe that it could not do its part, as a container does.
  @ParameterizedTest
  @EnumSource
  void reportsTheFailureOfAChildThroughAPipe(Machine machine) {
    Buffer ends = new Buffer("ends", 8);
    Buffer report = new Buffer("report", 16);
    Slot reader = new Slot("reader");
    Slot writer = new Slot("writer");
    Label child = new Label("child");
    Label childFailed = new Label("child failed");
    Plan plan =
        new TestPlan()
            .call(Syscall.PIPE2, new BufferAddress(ends), new Num(0))
            .load(reader, ends, 0, 4)
            .load(writer, ends, 4, 4)
            .call(PID, Syscall.CLONE, SIGCHLD, new Num(0), NULL, NULL, NULL)
            .add(new Op.Branch(PID, Condition.EQUAL, 0, child))
            .call(Syscall.CLOSE, new Value(writer))
            .call(A, Syscall.READ, new Value(reader), new BufferAddress(report), new Num(16))
            .call(Syscall.WAIT4, new Value(PID), NULL, new Num(0), NULL)
            .show(A)
            .load(Plan.FAILED_STEP, report, 0, 8)
            .load(Plan.FAILED_ERRNO, report, 8, 8)
            .show(Plan.FAILED_STEP)
            .show(Plan.FAILED_ERRNO)
            .exit(0)
            .add(new Op.Mark(child))
            .add(new Op.Guard("child", childFailed))
            .call(Syscall.CHDIR, new Text("/nonexistent"))
            .exit(1)
            .add(new Op.Mark(childFailed))
            .store(Plan.FAILED_STEP, report, 0, 8)
            .store(Plan.FAILED_ERRNO, report, 8, 8)
            .call(
                A,
                new OnError.Ignore(),
                Syscall.WRITE,
                new Value(writer),
                new BufferAddress(report),
                new Num(16))
            .exit(3)
            .plan();

    Run run = Programs.run(plan, machine);

    assertThat(run).isEqualTo(new Run(0, "16\n10\n2\n"));
  }

  @ParameterizedTest
  @EnumSource
  void hasAQuestionMarkForNumbersThatItDoesNotKnow(Machine machine) {
    TestPlan plan = new TestPlan();
    for (long number : new long[] {0, 1, 2, 41, 132, 133, 134, 1000, -1, 1L << 32}) {
      plan.set(A, number)
          .write(new StepText(A), new StepTextLength(A))
          .write(new Text(" "), new Num(1))
          .write(new ErrnoText(A), new ErrnoTextLength(A))
          .write(new Text("\n"), new Num(1));
    }

    Run run = Programs.run(plan.exit(0).plan(), machine);

    List<String> lines = run.output().lines().toList();
    assertThat(lines.get(0)).isEqualTo("? ?");
    assertThat(lines.get(1))
        .isEqualTo(
            "make write: write(1, <text of a>, <length of text of a>) EPERM (Operation not"
                + " permitted)");
    assertThat(lines.get(2))
        .isEqualTo("make write: write(1, \" \", 1) ENOENT (No such file or directory)");
    assertThat(lines.get(3)).endsWith(" ?");
    assertThat(lines.get(4)).isEqualTo("? ERFKILL (Operation not possible due to RF-kill)");
    assertThat(lines.get(5)).isEqualTo("? EHWPOISON (Memory page has hardware error)");
    assertThat(lines.subList(6, 10)).containsOnly("? ?");
  }

  @ParameterizedTest
  @EnumSource
  void reportsExactlyTheCallAndTheErrnoOfAnInjectedFault(Machine machine) {
    Plan plan = manyCalls();
    List<Step> calls = plan.calls();
    for (int i = 0; i < calls.size(); i++) {
      Op.Call call = (Op.Call) calls.get(i).op();
      if (call.onError() instanceof OnError.Abort) {
        for (Errno errno : List.of(Errno.EPERM, Errno.EHWPOISON)) {
          Fault fault = new Fault(i + 1, errno);

          Run run = Programs.run(plan, options(machine, fault));

          assertThat(run)
              .isEqualTo(
                  new Run(
                      TestPlan.FAILED,
                      (i + 1)
                          + " "
                          + errno.number()
                          + "\nmake "
                          + call.syscall().symbol()
                          + ": "
                          + PlanText.text(call)
                          + " = "
                          + errno.name()
                          + " ("
                          + errno.text()
                          + ")\n"));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void doesNotMakeTheCallOfAFault(Machine machine) {
    Plan plan =
        new TestPlan()
            .call(A, new OnError.Ignore(), Syscall.WRITE, new Num(1), new Text("seen"), new Num(4))
            .show(A)
            .exit(0)
            .plan();

    Run run = Programs.run(plan, options(machine, new Fault(1, Errno.EIO)));

    assertThat(run).isEqualTo(new Run(0, Long.toUnsignedString(-5) + "\n"));
  }

  @Test
  void refusesAPlanWhoseCallAbortsBeforeAnyGuard() {
    Slot unused = new Slot("unused");
    Op call =
        new Op.Call(Syscall.GETPID, List.of(), unused, new OnError.Tolerate(Set.of(Errno.EIO)));
    Plan plan = new Plan(List.of(new Step(call, "", "")));

    assertThatThrownBy(() -> Compiler.compile(plan, new CompileOptions(Machine.X86_64)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("call 1 can abort, but no guard comes before it");
  }

  @Test
  void refusesAFaultThatCannotBe() {
    Plan plan = new TestPlan().exit(0).plan();

    assertThatThrownBy(
            () -> Compiler.compile(plan, options(Machine.X86_64, new Fault(99, Errno.EIO))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("a fault for call 99 of ");
    assertThatThrownBy(
            () -> Compiler.compile(plan, options(Machine.X86_64, new Fault(1, Errno.EIO))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("call 1 cannot fail: it ends the process");
  }

  private static CompileOptions options(Machine machine, Fault fault) {
    return new CompileOptions(machine, CompileOptions.NO_TRACE, List.of(fault));
  }

  private static Plan manyCalls() {
    TestPlan plan = new TestPlan();
    Operand.Format path = new Operand.Format(List.of(new Text("/proc/self/fd/"), new Value(A)));
    for (int i = 0; i < 4; i++) {
      plan.call(A, Syscall.DUP, new Num(0))
          .call(Syscall.FSTAT, new Value(A), new BufferAddress(new Buffer("stat", 256)))
          .call(
              Syscall.READLINKAT,
              new Num(-100, "AT_FDCWD"),
              path,
              new BufferAddress(new Buffer("stat", 256)),
              new Num(256))
          .call(Syscall.GETPID)
          .call(Syscall.CLOSE, new Value(A));
    }
    return plan.exit(0).plan();
  }
}
