package dev.brig.runtime.attack;

import static dev.brig.namespaces.Abi.NULL;
import static dev.brig.namespaces.Abi.ZERO;
import static dev.brig.namespaces.Abi.at;
import static dev.brig.namespaces.Abi.num;
import static dev.brig.namespaces.Abi.text;
import static dev.brig.namespaces.Abi.value;

import dev.brig.linux.Syscall;
import dev.brig.plan.Arithmetic;
import dev.brig.plan.Buffer;
import dev.brig.plan.Condition;
import dev.brig.plan.Label;
import dev.brig.plan.Op;
import dev.brig.plan.Operand;
import dev.brig.plan.Operand.Format;
import dev.brig.plan.Operand.FormatLength;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.Plan;
import dev.brig.plan.PlanBuilder;
import dev.brig.plan.Slot;
import java.util.ArrayList;
import java.util.List;

/// Makes the program of attacks: a process for each, one after the other, so that none disturbs the
/// next.
public final class AttackPlanner {
  private static final Num SIGCHLD = new Num(17, "SIGCHLD");
  private static final Slot CHILD = new Slot("attacker");
  private static final Slot STATUS = new Slot("status");
  private static final Slot SIGNAL = new Slot("signal");
  private static final Buffer WAITED = new Buffer("wait status", 8);
  private static final int SIGNAL_BITS = 0x7f;

  private final PlanBuilder plan = new PlanBuilder();
  private final List<String> remarks = new ArrayList<>();
  private final AttackFacts facts;
  private final KernelSteps kernel;
  private final Label failed = new Label("failed");

  private AttackPlanner(AttackFacts facts) {
    this.facts = facts;
    this.kernel = new KernelSteps(plan, facts.host());
  }

  /// Returns the program of these attacks.
  public static AttackPlan plan(List<Attack> attacks, AttackFacts facts) {
    AttackPlanner planner = new AttackPlanner(facts);
    return new AttackPlan(attacks, planner.all(attacks), planner.remarks);
  }

  private Plan all(List<Attack> attacks) {
    plan.because("start");
    plan.add(new Op.Guard("attackers", failed));
    kernel.identify();
    for (int i = 0; i < attacks.size(); i++) {
      one(i, attacks.get(i));
    }
    plan.because("end");
    exit(plan, 0);
    plan.mark(failed);
    exit(plan, 1);
    return plan.build();
  }

  private void one(int index, Attack attack) {
    Label child = plan.label(attack.name());
    Label cloned = plan.label("wait for " + attack.name());
    Label next = plan.label("after " + attack.name());
    plan.because("start " + attack.name());
    plan.attempt(CHILD, Syscall.CLONE, SIGCHLD, NULL, NULL, NULL, NULL);
    plan.branch(CHILD, Condition.EQUAL, 0, child);
    plan.branch(CHILD, Condition.AT_LEAST, 0, cloned);
    write(plan, index, AttackPlan.NOT_STARTED, CHILD, CHILD);
    plan.jump(next);
    plan.mark(cloned);
    plan.attempt(Syscall.WAIT4, value(CHILD), at(WAITED), ZERO, NULL);
    plan.load(STATUS, WAITED, 0, 4);
    plan.add(new Op.Compute(SIGNAL, STATUS, Arithmetic.AND, new Num(SIGNAL_BITS)));
    plan.branch(SIGNAL, Condition.EQUAL, 0, next);
    write(plan, index, AttackPlan.KILLED, SIGNAL, SIGNAL);
    plan.jump(next);

    plan.mark(child);
    Label refused = plan.label(attack.name() + " refused");
    plan.because(attack.name());
    plan.add(new Op.Guard(attack.name(), refused));
    AttackSteps steps = new AttackSteps(plan, facts, kernel, index, remarks);
    attack.steps().accept(steps);
    steps.through("nothing stopped it");
    plan.mark(refused);
    write(plan, index, AttackPlan.BLOCKED, Plan.FAILED_STEP, Plan.FAILED_ERRNO);
    exit(plan, 0);

    plan.mark(next);
    plan.add(new Op.Guard("attackers", failed));
  }

  /// Writes what came of an attack: its number, a letter, two numbers.
  static void write(PlanBuilder plan, int index, String letter, Slot first, Slot second) {
    Format line =
        new Format(
            List.of(
                text(index + " " + letter + " "),
                value(first),
                text(" "),
                value(second),
                text("\n")));
    plan.attempt(Syscall.WRITE, num(1), line, new FormatLength(line));
  }

  /// Writes what came of an attack, with a remark.
  static void write(PlanBuilder plan, int index, String letter, int remark) {
    String line = index + " " + letter + " " + remark + " 0\n";
    plan.attempt(Syscall.WRITE, num(1), text(line), num(Operand.length(line)));
  }

  static void exit(PlanBuilder plan, int status) {
    plan.attempt(Syscall.EXIT_GROUP, num(status));
    plan.jump(new Label("failed"));
  }
}
