package dev.brig.runtime.compile;

import static dev.brig.namespaces.Abi.AT_FDCWD;
import static dev.brig.namespaces.Abi.LAST_FD;
import static dev.brig.namespaces.Abi.NULL;
import static dev.brig.namespaces.Abi.O_PATH;
import static dev.brig.namespaces.Abi.O_RDONLY;
import static dev.brig.namespaces.Abi.ZERO;
import static dev.brig.namespaces.Abi.at;
import static dev.brig.namespaces.Abi.num;
import static dev.brig.namespaces.Abi.or;
import static dev.brig.namespaces.Abi.text;
import static dev.brig.namespaces.Abi.value;

import dev.brig.linux.Errno;
import dev.brig.linux.Syscall;
import dev.brig.namespaces.ProcessPlanner;
import dev.brig.plan.Condition;
import dev.brig.plan.Label;
import dev.brig.plan.Op;
import dev.brig.plan.Operand;
import dev.brig.plan.Operand.Format;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.Plan;
import dev.brig.plan.PlanBuilder;
import dev.brig.plan.Slot;
import java.util.List;

/// Makes the plan by which this process itself, not a child, goes into a user namespace of its own
/// and becomes a command there: terminal, signals and exit status need no process between.
///
/// ```
///   brig (JVM) ── execve ──▶ program ── clone ──▶ helper, for ranges only
///                            unshare              waits
///                            "go" ──────────────▶ newuidmap, newgidmap; or brig says why not
///                            waits for its status ◀── exit
///                            execve of the command
/// ```
///
/// The helper stays outside, since only there the maps can be written, and only there brig can find
/// out what was in the way.
public final class UnsharePlanner {
  private static final Slot HELPER = new Slot("helper pid");
  private static final Num NAMESPACES =
      or(
          new Num(Isolation.CLONE_NEWUSER, "CLONE_NEWUSER"),
          new Num(Isolation.CLONE_NEWNS, "CLONE_NEWNS"));

  private final PlanBuilder plan = new PlanBuilder();
  private final Unsharing unsharing;
  private final NamespaceSteps maps;

  private UnsharePlanner(Unsharing unsharing) {
    this.unsharing = unsharing;
    this.maps =
        new NamespaceSteps(
            plan,
            new Isolation(Isolation.CLONE_NEWUSER, List.of(), unsharing.mapping()),
            NamespaceSteps.Rights.OF_USER_NAMESPACE);
  }

  /// Returns the plan for a command.
  public static Plan plan(Unsharing unsharing) {
    return new UnsharePlanner(unsharing).all();
  }

  private Plan all() {
    boolean helped = unsharing.mapping() instanceof Isolation.IdMapping.Delegated;
    Label helper = plan.label("helper");
    plan.because("start");
    plan.add(new Op.Guard("brig", Names.FAILED));
    plan.because("close what the caller left open");
    plan.call(Syscall.CLOSE_RANGE, num(3), LAST_FD, ZERO);
    if (!unsharing.root().isEmpty()) {
      holdRoot();
    }
    plan.because("go into a user and a mount namespace");
    plan.call(Names.PID, Syscall.GETPID);
    if (helped) {
      startHelper(helper);
    }
    plan.because("go into a user and a mount namespace");
    plan.call(Syscall.UNSHARE, NAMESPACES);
    if (helped) {
      awaitHelper();
    } else {
      maps.mapIds();
    }
    plan.because("keep mounts from propagating to the host");
    plan.call(Syscall.MOUNT, NULL, text("/"), NULL, new Num(0x84000, "MS_REC|MS_SLAVE"), NULL);
    ProcessPlanner.execute(
        plan, unsharing.arguments(), unsharing.environment(), unsharing.searchPath());
    fail();
    if (helped) {
      help(helper);
    }
    return plan.build();
  }

  /// Opens the directory as the first descriptor that is free, and lets the command have it.
  private void holdRoot() {
    plan.because("hold " + unsharing.root() + ", which cannot be opened from inside");
    plan.call(Names.UNUSED, Syscall.OPENAT, AT_FDCWD, text(unsharing.root()), or(O_RDONLY, O_PATH));
  }

  private void startHelper(Label helper) {
    plan.because("let a helper outside map the ids");
    new ProcessStart(plan).makeSocket();
    plan.call(HELPER, Syscall.CLONE, new Num(Names.SIGCHLD, "SIGCHLD"), NULL, NULL, NULL, NULL);
    plan.branch(HELPER, Condition.EQUAL, 0, helper);
    plan.call(Syscall.CLOSE, value(Names.CHILD_END));
  }

  private void awaitHelper() {
    Label mapped = plan.label("ids mapped");
    plan.because("let the helper map the ids");
    plan.tolerate(Errno.EPIPE, Syscall.WRITE, value(Names.HOST_END), text("g"), num(1));
    Num byPid = new Num(1, "P_PID");
    plan.call(Syscall.WAITID, byPid, value(HELPER), at(Names.SIGINFO), Names.WEXITED, NULL);
    plan.load(Names.EXIT_STATUS, Names.SIGINFO, Names.SI_STATUS, 4);
    plan.branch(Names.EXIT_STATUS, Condition.EQUAL, 0, mapped);
    // The helper has said why.
    ContainerPlanner.exitWith(plan, Names.EXIT_STATUS);
    plan.mark(mapped);
  }

  private void help(Label helper) {
    plan.because("map the ids from outside");
    plan.add(new Op.Guard("helper", Names.FAILED));
    plan.mark(helper);
    ChildPlanner.awaitRelease(plan);
    maps.mapIds();
    ContainerPlanner.exitWith(plan, 0);
  }

  private void fail() {
    plan.because("report the failure");
    plan.mark(Names.FAILED);
    EndPlanner.becomeBrig(
        plan,
        unsharing.brig(),
        List.of(
            text("unshare-failed"),
            new Format(List.of(value(Plan.FAILED_STEP))),
            new Format(List.of(value(Plan.FAILED_ERRNO))),
            new Operand.StepText(Plan.FAILED_STEP)));
    EndPlanner.sayFailure(plan);
    ContainerPlanner.exitWith(plan, 125);
  }
}
