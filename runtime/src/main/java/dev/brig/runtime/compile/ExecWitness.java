package dev.brig.runtime.compile;

import static dev.brig.namespaces.Abi.NULL;
import static dev.brig.namespaces.Abi.at;
import static dev.brig.namespaces.Abi.num;
import static dev.brig.namespaces.Abi.text;
import static dev.brig.namespaces.Abi.value;

import dev.brig.linux.Syscall;
import dev.brig.plan.Condition;
import dev.brig.plan.Label;
import dev.brig.plan.Op;
import dev.brig.plan.Operand.Field;
import dev.brig.plan.Operand.Format;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.Operand.StepText;
import dev.brig.plan.Operand.Struct;
import dev.brig.plan.Plan;
import dev.brig.plan.PlanBuilder;
import dev.brig.plan.Slot;
import java.util.List;

/// Makes the steps of a witness: a process that stays outside of a user namespace which the
/// supervisor of [ExecPlanner] joins. From there is no way back, and inside, brig could not look
/// for the cause of a failure; so the witness becomes brig if there is one, and ends if there is
/// none.
final class ExecWitness {
  private static final Slot PID = new Slot("witness pid");
  private static final Slot HOST_END = new Slot("witnessfd");
  private static final Slot WITNESS_END = new Slot("toldfd");
  private static final Num BY_PID = new Num(1, "P_PID");

  private final PlanBuilder plan;
  private final Execution execution;
  private final Label witness;

  ExecWitness(PlanBuilder plan, Execution execution) {
    this.plan = plan;
    this.execution = execution;
    this.witness = plan.label("witness");
  }

  /// Appends the supervisor's steps that make the witness.
  void make() {
    plan.because("leave a witness outside of the container's namespaces");
    Num type = new Num(0x80005, "SOCK_SEQPACKET|SOCK_CLOEXEC");
    plan.call(Syscall.SOCKETPAIR, new Num(1, "AF_UNIX"), type, num(0), at(Names.PAIR));
    plan.load(HOST_END, Names.PAIR, 0, 4);
    plan.load(WITNESS_END, Names.PAIR, 4, 4);
    plan.call(PID, Syscall.CLONE, new Num(Names.SIGCHLD, "SIGCHLD"), NULL, NULL, NULL, NULL);
    plan.branch(PID, Condition.EQUAL, 0, witness);
    plan.call(Syscall.CLOSE, value(WITNESS_END));
  }

  /// Appends the supervisor's steps that let the witness go: the command runs.
  void dismiss() {
    plan.because("let the witness go");
    plan.attempt(Syscall.CLOSE, value(HOST_END));
    plan.attempt(Syscall.WAITID, BY_PID, value(PID), at(Names.SIGINFO), Names.WEXITED, NULL);
    plan.add(new Op.Assign(PID, num(0)));
  }

  /// Appends the supervisor's steps that tell the witness of a failure and end with its status; a
  /// supervisor without one goes on behind them.
  void tell() {
    Label alone = plan.label("no witness");
    plan.branch(PID, Condition.EQUAL, 0, alone);
    plan.because("let the witness say what failed");
    Struct message =
        new Struct(
            List.of(
                new Field("step", 4, value(Plan.FAILED_STEP)),
                new Field("errno", 4, value(Plan.FAILED_ERRNO))));
    plan.attempt(Syscall.WRITE, value(HOST_END), message, num(8));
    plan.attempt(Syscall.WAITID, BY_PID, value(PID), at(Names.SIGINFO), Names.WEXITED, NULL);
    plan.load(Names.EXIT_STATUS, Names.SIGINFO, Names.SI_STATUS, 4);
    ContainerPlanner.exitWith(plan, Names.EXIT_STATUS);
    plan.mark(alone);
  }

  /// Appends the witness's own steps.
  void wait(Label handler) {
    Label told = plan.label("a failure was told");
    plan.because("wait for a failure to tell");
    plan.add(new Op.Guard("witness", handler));
    plan.mark(witness);
    plan.attempt(Syscall.CLOSE, value(HOST_END));
    plan.attempt(Names.COUNT, Syscall.READ, value(WITNESS_END), at(Names.MESSAGE), num(8));
    plan.branch(Names.COUNT, Condition.EQUAL, 8, told);
    ContainerPlanner.exitWith(plan, 0);
    plan.mark(told);
    plan.load(Plan.FAILED_STEP, Names.MESSAGE, 0, 4);
    plan.load(Plan.FAILED_ERRNO, Names.MESSAGE, 4, 4);
    EndPlanner.becomeBrig(
        plan,
        execution.brig(),
        List.of(
            text("exec-failed"),
            text(execution.id()),
            new Format(List.of(value(Plan.FAILED_STEP))),
            new Format(List.of(value(Plan.FAILED_ERRNO))),
            new StepText(Plan.FAILED_STEP),
            text(execution.process().arguments().getFirst())));
    EndPlanner.sayFailure(plan);
  }
}
