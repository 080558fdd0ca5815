package dev.brig.runtime.probe;

import static dev.brig.namespaces.Abi.NULL;
import static dev.brig.namespaces.Abi.num;
import static dev.brig.namespaces.Abi.text;
import static dev.brig.namespaces.Abi.value;

import dev.brig.linux.Syscall;
import dev.brig.plan.Label;
import dev.brig.plan.Op;
import dev.brig.plan.Operand;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.Plan;
import dev.brig.plan.PlanBuilder;
import dev.brig.plan.Slot;
import java.util.List;

/// Makes the plan of the plainest separation: chroot(2), chdir(2), and execve(2) of a program with
/// the caller's last argument.
public final class ChrootPlanner {
  private static final Slot ENVIRONMENT = new Slot("environment");
  private static final Slot ARGUMENT = new Slot("argument");

  private ChrootPlanner() {}

  /// Returns the plan.
  ///
  /// @param root the directory that becomes the root
  /// @param directory the working directory, as seen there
  /// @param program the program, as seen there
  public static Plan plan(String root, String directory, String program) {
    PlanBuilder plan = new PlanBuilder();
    Label failed = plan.label("failed");
    plan.add(new Op.Guard("chroot", failed));
    plan.because("find the last argument");
    plan.add(new Op.Assign(ENVIRONMENT, new Operand.Environment()));
    plan.add(new Op.Peek(ARGUMENT, ENVIRONMENT, -16, 8));
    plan.because("change the root");
    plan.call(Syscall.CHROOT, text(root));
    plan.call(Syscall.CHDIR, text(directory));
    plan.because("execute the program");
    Operand arguments = new Operand.Array(List.of(text(program), value(ARGUMENT), NULL));
    plan.call(Syscall.EXECVE, text(program), arguments, new Operand.Environment());
    plan.mark(failed);
    plan.because("tell what failed");
    Num stderr = new Num(2);
    plan.attempt(
        Syscall.WRITE,
        stderr,
        new Operand.StepText(Plan.FAILED_STEP),
        new Operand.StepTextLength(Plan.FAILED_STEP));
    plan.attempt(Syscall.WRITE, stderr, text(": "), num(2));
    plan.attempt(
        Syscall.WRITE,
        stderr,
        new Operand.ErrnoText(Plan.FAILED_ERRNO),
        new Operand.ErrnoTextLength(Plan.FAILED_ERRNO));
    plan.attempt(Syscall.WRITE, stderr, text("\n"), num(1));
    plan.attempt(Syscall.EXIT_GROUP, num(125));
    plan.jump(failed);
    return plan.build();
  }
}
