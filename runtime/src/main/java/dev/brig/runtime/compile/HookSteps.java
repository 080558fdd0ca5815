package dev.brig.runtime.compile;

import static dev.brig.namespaces.Abi.LAST_FD;
import static dev.brig.namespaces.Abi.NULL;
import static dev.brig.namespaces.Abi.ZERO;
import static dev.brig.namespaces.Abi.at;
import static dev.brig.namespaces.Abi.num;
import static dev.brig.namespaces.Abi.text;
import static dev.brig.namespaces.Abi.value;

import dev.brig.linux.Errno;
import dev.brig.linux.Syscall;
import dev.brig.plan.Arithmetic;
import dev.brig.plan.Condition;
import dev.brig.plan.Label;
import dev.brig.plan.Op;
import dev.brig.plan.Operand;
import dev.brig.plan.Operand.Field;
import dev.brig.plan.Operand.Format;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.Operand.Struct;
import dev.brig.plan.Plan;
import dev.brig.plan.PlanBuilder;
import dev.brig.plan.Slot;
import dev.brig.runtime.spec.Hook;
import java.util.ArrayList;
import java.util.List;

/// Makes the steps that run hooks; config.md#posix-platform-hooks.
///
/// The state lies in a file in memory, so that a hook that reads nothing of it holds nobody up, and
/// so does what the hook writes, which is shown only if it fails.
final class HookSteps {
  /// What is added to a hook's exit status to tell it from an error number.
  static final int STATUS_OFFSET = 4096;

  private static final Slot HOOK = new Slot("hook pid");
  private static final Slot HOOK_FD = new Slot("hook pidfd");
  private static final Slot STATE = new Slot("statefd");
  private static final Slot SAID = new Slot("hookoutfd");
  private static final Num BY_PID = new Num(1, "P_PID");
  private static final int SHOWN_BYTES_MAX = 8192;

  private final PlanBuilder plan;
  private final HookCalls calls;

  HookSteps(PlanBuilder plan, HookCalls calls) {
    this.plan = plan;
    this.calls = calls;
  }

  /// Appends the steps that run hooks one after the other; the first that fails aborts.
  ///
  /// @param kind the property of config.json: `createRuntime`
  /// @param hooks the hooks
  /// @param status the container's
  /// @param pid the slot that holds the number of the container's process, as the hooks see it
  /// @param handler where a failure goes, with [Plan#FAILED_STEP] and [Plan#FAILED_ERRNO]
  void run(String kind, List<Hook> hooks, String status, Slot pid, Label handler) {
    for (Hook hook : hooks) {
      run(kind, hook, calls.state(status, pid), handler);
    }
  }

  private void run(String kind, Hook hook, Format state, Label handler) {
    plan.because("run the " + kind + " hook " + hook.path(), "/hooks/" + kind);
    Label child = plan.label("hook");
    Label parent = plan.label("hook started");
    Num closeOnExec = new Num(1, "MFD_CLOEXEC");
    plan.call(STATE, Syscall.MEMFD_CREATE, text("state"), closeOnExec);
    plan.call(Syscall.WRITE, value(STATE), state, new Operand.FormatLength(state));
    plan.call(Syscall.LSEEK, value(STATE), ZERO, new Num(0, "SEEK_SET"));
    plan.call(SAID, Syscall.MEMFD_CREATE, text("output"), closeOnExec);
    plan.call(HOOK, Syscall.CLONE, new Num(Names.SIGCHLD, "SIGCHLD"), NULL, NULL, NULL, NULL);
    plan.branch(HOOK, Condition.EQUAL, 0, child);
    plan.jump(parent);
    plan.mark(child);
    int execution = execute(hook);
    plan.mark(parent);
    plan.call(Syscall.CLOSE, value(STATE));
    await(hook, execution, handler);
    plan.call(Syscall.CLOSE, value(SAID));
  }

  private int execute(Hook hook) {
    Operand none = new Operand.Data(new byte[8], "[]");
    plan.attempt(Syscall.RT_SIGPROCMASK, Names.SIG_SETMASK, none, NULL, num(8));
    // A hook that hangs ends with whoever waits for it.
    plan.attempt(Syscall.PRCTL, new Num(1, "PR_SET_PDEATHSIG"), Names.SIGKILL, ZERO, ZERO, ZERO);
    plan.attempt(Syscall.DUP3, value(STATE), ZERO, ZERO);
    plan.attempt(Syscall.DUP3, value(SAID), num(1), ZERO);
    plan.attempt(Syscall.DUP3, value(SAID), num(2), ZERO);
    // Nothing of this program is the hook's; what the caller passes on is the container's.
    plan.attempt(Syscall.CLOSE_RANGE, num(3), LAST_FD, ZERO);
    List<String> arguments = hook.args().isEmpty() ? List.of(hook.path()) : hook.args();
    List<String> environment = hook.env();
    plan.attempt(
        Syscall.EXECVE,
        text(hook.path()),
        strings(arguments),
        environment == null ? new Operand.Environment() : strings(environment));
    int execution = plan.latestCall();
    ContainerPlanner.exitWith(plan, 127);
    return execution;
  }

  private void await(Hook hook, int execution, Label handler) {
    Label failed = plan.label("hook failed");
    Label done = plan.label("hook done");
    Label ended = plan.label("hook ended");
    Integer timeout = hook.timeout();
    if (timeout != null) {
      plan.call(HOOK_FD, Syscall.PIDFD_OPEN, value(HOOK), ZERO);
      Struct poll =
          new Struct(
              List.of(
                  new Field("fd", 4, value(HOOK_FD)),
                  new Field("events", 2, num(1)),
                  new Field("revents", 2, ZERO)));
      Struct limit =
          new Struct(List.of(new Field("tv_sec", 8, num(timeout)), new Field("tv_nsec", 8, ZERO)));
      plan.attempt(Names.COUNT, Syscall.PPOLL, poll, num(1), limit, NULL, ZERO);
      plan.attempt(Syscall.CLOSE, value(HOOK_FD));
      plan.branch(Names.COUNT, Condition.NOT_EQUAL, 0, ended);
      plan.attempt(Syscall.KILL, value(HOOK), Names.SIGKILL);
      plan.attempt(Syscall.WAITID, BY_PID, value(HOOK), at(Names.SIGINFO), Names.WEXITED, NULL);
      plan.add(new Op.Assign(Plan.FAILED_ERRNO, num(Errno.ETIMEDOUT.number())));
      plan.jump(failed);
    }
    plan.mark(ended);
    plan.call(Syscall.WAITID, BY_PID, value(HOOK), at(Names.SIGINFO), Names.WEXITED, NULL);
    plan.load(Plan.FAILED_ERRNO, Names.SIGINFO, Names.SI_STATUS, 4);
    Label exited = plan.label("hook exited");
    plan.load(Names.COUNT, Names.SIGINFO, Names.SI_CODE, 4);
    plan.branch(Names.COUNT, Condition.EQUAL, Names.CLD_EXITED, exited);
    plan.add(new Op.Compute(Plan.FAILED_ERRNO, Plan.FAILED_ERRNO, Arithmetic.ADD, num(128)));
    plan.mark(exited);
    plan.branch(Plan.FAILED_ERRNO, Condition.EQUAL, 0, done);
    plan.add(
        new Op.Compute(Plan.FAILED_ERRNO, Plan.FAILED_ERRNO, Arithmetic.ADD, num(STATUS_OFFSET)));
    plan.mark(failed);
    plan.add(new Op.Assign(Plan.FAILED_STEP, num(execution)));
    plan.attempt(Syscall.LSEEK, value(SAID), ZERO, new Num(0, "SEEK_SET"));
    plan.attempt(Syscall.SENDFILE, num(2), value(SAID), NULL, num(SHOWN_BYTES_MAX));
    plan.jump(handler);
    plan.mark(done);
  }

  private static Operand strings(List<String> strings) {
    List<Operand> pointers = new ArrayList<>(strings.size() + 1);
    for (String string : strings) {
      pointers.add(text(string));
    }
    pointers.add(NULL);
    return new Operand.Array(pointers);
  }
}
