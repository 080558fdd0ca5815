package dev.brig.runtime.compile;

import static dev.brig.namespaces.Abi.num;
import static dev.brig.namespaces.Abi.value;

import dev.brig.error.UnsupportedException;
import dev.brig.linux.Syscall;
import dev.brig.plan.Condition;
import dev.brig.plan.Label;
import dev.brig.plan.Op;
import dev.brig.plan.Plan;
import dev.brig.plan.PlanBuilder;
import dev.brig.plan.Slot;

/// Makes the plan of a container's whole life: `brig run`, `brig start`.
///
/// ```
///   brig (JVM) ── execve ──▶ supervisor ── clone3 ──▶ container
///                            cgroup, id maps          waits for the supervisor's word
///                            "go" ──────────────────▶ root, mounts, privileges, execve
///                            relays, waits ◀────────── (step, errno), or end of file: it runs
///                            records, cleans up, exits with its status
/// ```
public final class ContainerPlanner {
  private ContainerPlanner() {}

  /// Returns the plan for a launch.
  ///
  /// @throws UnsupportedException if the root is to be exchanged in a mount namespace that is not
  ///   the container's: everybody in it would have another one
  public static Plan plan(Launch launch) {
    refuseToExchangeTheHostsRoot(launch);
    PlanBuilder plan = new PlanBuilder();
    SupervisorPlanner supervisor = new SupervisorPlanner(plan, launch);
    Label container = plan.label("container");
    supervisor.prepare();
    supervisor.makeContainer(container);
    supervisor.release();
    supervisor.superviseToTheEnd();
    supervisor.handleFailures();
    supervisor.joinNamespaces(container);

    plan.because("run in the container");
    plan.add(new Op.Guard("container", Names.CHILD_FAILED));
    plan.mark(container);
    new ChildPlanner(plan, launch).all();
    exitWith(plan, 127);
    return plan.build();
  }

  private static void refuseToExchangeTheHostsRoot(Launch launch) {
    Isolation isolation = launch.isolation();
    switch (launch.rootfs().entrance().way()) {
      case PIVOT, MOVE, MONITOR -> {
        if (!isolation.creates(Isolation.CLONE_NEWNS) && !isolation.joins(Isolation.CLONE_NEWNS)) {
          throw new UnsupportedException(
              "root of the container",
              "its configuration has no mount namespace, and the host's root would be exchanged",
              "make the container anew");
        }
      }
      case CHROOT, BARE -> {}
    }
  }

  /// Appends an exit with a number.
  static void exitWith(PlanBuilder plan, long status) {
    plan.attempt(Syscall.EXIT_GROUP, num(status));
    // The kernel does not return; the jump tells the compiler.
    Label never = plan.label("never");
    plan.mark(never);
    plan.jump(never);
  }

  /// Appends an exit with what a slot holds.
  static void exitWith(PlanBuilder plan, Slot status) {
    plan.attempt(Syscall.EXIT_GROUP, value(status));
    Label never = plan.label("never");
    plan.mark(never);
    plan.branch(Names.UNUSED, Condition.AT_LEAST, Long.MIN_VALUE, never);
    plan.jump(never);
  }
}
