package dev.brig.runtime.compile;

import static dev.brig.namespaces.Abi.AT_FDCWD;
import static dev.brig.namespaces.Abi.AT_REMOVEDIR;
import static dev.brig.namespaces.Abi.ZERO;
import static dev.brig.namespaces.Abi.text;
import static dev.brig.namespaces.Abi.value;

import dev.brig.linux.Syscall;
import dev.brig.plan.Condition;
import dev.brig.plan.Label;
import dev.brig.plan.Operand;
import dev.brig.plan.Operand.Format;
import dev.brig.plan.Plan;
import dev.brig.plan.PlanBuilder;
import dev.brig.plan.Slot;
import java.util.List;

/// Makes the end of the program of an OCI bundle's container: after `run` what is left of the
/// container is removed, and a failure is told. Only if something is not as usual does brig itself
/// run.
final class BundleEnd {
  private static final String[] FILES = {
    "state.json", "exec.fifo", "failure.fifo", "config.json", "pid"
  };
  private static final Slot RESULT = new Slot("result");

  private final PlanBuilder plan;
  private final Launch launch;
  private final Custody.Caller caller;

  BundleEnd(PlanBuilder plan, Launch launch, Custody.Caller caller) {
    this.plan = plan;
    this.launch = launch;
    this.caller = caller;
  }

  /// Appends the steps after the container's first process has ended, its end in [Names#SIGINFO].
  void finish() {
    Label attention = plan.label("attention");
    plan.because("take the exit status");
    ExitSteps.takeStatus(plan);
    if (launch.state().removal() == Launch.Removal.KEEP) {
      ContainerPlanner.exitWith(plan, Names.EXIT_STATUS);
      return;
    }
    if (caller.hooks().hooks().poststop().isEmpty()) {
      for (String directory : launch.cgroup().removals()) {
        plan.because("remove the cgroup " + directory);
        plan.attempt(RESULT, Syscall.UNLINKAT, AT_FDCWD, text(directory), AT_REMOVEDIR);
        plan.branch(RESULT, Condition.LESS, 0, attention);
      }
      plan.because("remove the container's state");
      for (String file : FILES) {
        String path = launch.state().directory() + "/" + file;
        plan.attempt(Syscall.UNLINKAT, AT_FDCWD, text(path), ZERO);
      }
      String directory = launch.state().directory();
      plan.attempt(RESULT, Syscall.UNLINKAT, AT_FDCWD, text(directory), AT_REMOVEDIR);
      plan.branch(RESULT, Condition.LESS, 0, attention);
      ContainerPlanner.exitWith(plan, Names.EXIT_STATUS);
    }
    plan.mark(attention);
    EndPlanner.becomeBrig(
        plan,
        launch.state().brig(),
        List.of(
            text("ended"),
            text(launch.state().id()),
            new Format(List.of(value(Names.EXIT_STATUS)))));
    ContainerPlanner.exitWith(plan, Names.EXIT_STATUS);
  }

  /// Appends the steps after a failure: the container's process is ended, and brig itself removes
  /// what is left and says what was found; if brig can't run, the program says what it knows.
  void fail() {
    Label ended = plan.label("no process left");
    plan.branch(Names.PID, Condition.EQUAL, 0, ended);
    EndPlanner.killContainer(plan, ended);
    plan.mark(ended);
    EndPlanner.becomeBrig(
        plan,
        launch.state().brig(),
        List.of(
            text("failed"),
            text(launch.state().id()),
            new Format(List.of(value(Plan.FAILED_STEP))),
            new Format(List.of(value(Plan.FAILED_ERRNO))),
            new Operand.StepText(Plan.FAILED_STEP)));
    EndPlanner.sayFailure(plan);
    ContainerPlanner.exitWith(plan, 1);
  }
}
