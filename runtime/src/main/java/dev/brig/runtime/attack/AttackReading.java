package dev.brig.runtime.attack;

import dev.brig.linux.Errno;
import dev.brig.linux.Signal;
import dev.brig.plan.PlanText;
import dev.brig.plan.Step;
import java.util.ArrayList;
import java.util.List;

/// Reads what the program of some attacks has written.
public final class AttackReading {
  /// What there is of an attack whose process has written nothing.
  public static final Verdict SILENCE = new Verdict.Inconclusive("its process has said nothing");

  private static final int FIELDS = 4;

  private final AttackPlan plan;
  private final List<Step> calls;
  private String secret = "";
  private String kernel = "";

  private AttackReading(AttackPlan plan) {
    this.plan = plan;
    this.calls = plan.plan().calls();
  }

  /// An attack and what came of it.
  ///
  /// @param attack the attack
  /// @param verdict what came of it
  public record Result(Attack attack, Verdict verdict) {}

  /// Returns what came of each attack, in their order. One that has written nothing, or something
  /// else, is inconclusive.
  ///
  /// @param output what the program wrote
  public static List<Result> read(AttackPlan plan, String output) {
    AttackReading reading = new AttackReading(plan);
    List<Verdict> verdicts = new ArrayList<>();
    for (int i = 0; i < plan.attacks().size(); i++) {
      verdicts.add(SILENCE);
    }
    for (String line : output.split("\n", -1)) {
      reading.line(line, verdicts);
    }
    List<Result> results = new ArrayList<>();
    for (int i = 0; i < verdicts.size(); i++) {
      results.add(new Result(plan.attacks().get(i), verdicts.get(i)));
    }
    return results;
  }

  private void line(String line, List<Verdict> verdicts) {
    if (line.startsWith(AttackPlan.SECRET)) {
      secret = line.substring(AttackPlan.SECRET.length()).strip();
      return;
    }
    if (line.startsWith(AttackPlan.KERNEL)) {
      kernel = line.substring(AttackPlan.KERNEL.length()).replace("\0", "");
      return;
    }
    String[] fields = line.split(" ", -1);
    if (fields.length != FIELDS) {
      return;
    }
    try {
      int attack = Integer.parseInt(fields[0]);
      long first = Long.parseUnsignedLong(fields[2]);
      long second = Long.parseUnsignedLong(fields[3]);
      // Whatever killed its process after it has said how it went takes nothing back.
      boolean late = fields[1].equals(AttackPlan.KILLED) && !verdicts.get(attack).equals(SILENCE);
      if (!late) {
        verdicts.set(attack, verdict(fields[1], first, second));
      }
    } catch (NumberFormatException | IndexOutOfBoundsException _) {
      // Somebody else's line.
    }
  }

  private Verdict verdict(String letter, long first, long second) {
    return switch (letter) {
      case AttackPlan.BLOCKED ->
          new Verdict.Blocked(call((int) first) + " = " + Errno.of((int) second).name());
      case AttackPlan.HELD -> new Verdict.Blocked(plan.remarks().get((int) first));
      case AttackPlan.THROUGH -> through(plan.remarks().get((int) first));
      case AttackPlan.ELSEWHERE ->
          new Verdict.Blocked(plan.remarks().get((int) first).replace(AttackPlan.RELEASE, kernel));
      case AttackPlan.UNDECIDED -> new Verdict.Inconclusive(plan.remarks().get((int) first));
      case AttackPlan.NOT_STARTED ->
          new Verdict.Inconclusive("no process for it: " + Errno.of((int) -first).name());
      case AttackPlan.KILLED -> killed((int) first);
      default -> new Verdict.Inconclusive("its process has written something else");
    };
  }

  private Verdict through(String remark) {
    String told = secret.isEmpty() ? "" : "; the secret there is " + secret;
    secret = "";
    return new Verdict.Through(remark + told);
  }

  private static Verdict killed(int signal) {
    // A filter that kills; seccomp(2).
    return signal == Signal.SIGSYS.number()
        ? new Verdict.Blocked("its process was killed by SIGSYS, by the filter of system calls")
        : new Verdict.Inconclusive("its process was killed by signal " + signal);
  }

  private String call(int number) {
    return PlanText.text(calls.get(number - 1).op());
  }
}
