package dev.brig.runtime.compile;

import static dev.brig.namespaces.Abi.num;

import dev.brig.linux.Errno;
import dev.brig.plan.Arithmetic;
import dev.brig.plan.Condition;
import dev.brig.plan.Label;
import dev.brig.plan.Op;
import dev.brig.plan.Plan;
import dev.brig.plan.PlanBuilder;

/// Makes the statuses that programs end with.
final class ExitSteps {
  private ExitSteps() {}

  /// Appends what makes [Names#EXIT_STATUS] that of a child, whose end is in [Names#SIGINFO]: its
  /// own, or 128 and the signal that killed it.
  static void takeStatus(PlanBuilder plan) {
    Label exited = plan.label("exited");
    plan.load(Names.EXIT_STATUS, Names.SIGINFO, Names.SI_STATUS, 4);
    plan.load(Names.COUNT, Names.SIGINFO, Names.SI_CODE, 4);
    plan.branch(Names.COUNT, Condition.EQUAL, Names.CLD_EXITED, exited);
    plan.add(new Op.Compute(Names.EXIT_STATUS, Names.EXIT_STATUS, Arithmetic.ADD, num(128)));
    plan.mark(exited);
  }

  /// Appends the same for a command of a guest, whose end is in [GuestMessage#REPORT].
  static void takeReportedStatus(PlanBuilder plan) {
    plan.load(Names.COUNT, GuestMessage.REPORT, GuestMessage.CODE, 4);
    plan.add(new Op.Store(Names.COUNT, Names.SIGINFO, Names.SI_CODE, 4));
    plan.load(Names.COUNT, GuestMessage.REPORT, GuestMessage.STATUS, 4);
    plan.add(new Op.Store(Names.COUNT, Names.SIGINFO, Names.SI_STATUS, 4));
    takeStatus(plan);
  }

  /// Appends an exit with 127 for a command that is not there, 126 for one that can't be executed,
  /// 125 for the failure of any other step; as [dev.brig.runtime.launch.FailedStep] has it.
  ///
  /// @param firstExecution the number of the first call that executes the command
  /// @param lastExecution the number of the last one
  static void exitAsTheFieldHasIt(PlanBuilder plan, int firstExecution, int lastExecution) {
    Label other = plan.label("not the command");
    Label missing = plan.label("not found");
    plan.branch(Plan.FAILED_STEP, Condition.LESS, firstExecution, other);
    plan.branch(Plan.FAILED_STEP, Condition.AT_LEAST, lastExecution + 1L, other);
    plan.branch(Plan.FAILED_ERRNO, Condition.EQUAL, Errno.ENOENT.number(), missing);
    plan.branch(Plan.FAILED_ERRNO, Condition.EQUAL, Errno.ENOTDIR.number(), missing);
    ContainerPlanner.exitWith(plan, 126);
    plan.mark(missing);
    ContainerPlanner.exitWith(plan, 127);
    plan.mark(other);
    ContainerPlanner.exitWith(plan, 125);
  }
}
