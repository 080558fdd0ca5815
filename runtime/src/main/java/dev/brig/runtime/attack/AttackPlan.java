package dev.brig.runtime.attack;

import dev.brig.plan.Plan;
import java.util.List;

/// The program of some attacks.
///
/// It writes a line for each attack to standard output: the attack's number from 0, a letter, and
/// two numbers. [AttackReading] reads them.
///
/// @param attacks the attacks in their order
/// @param plan the program
/// @param remarks what the program refers to by number: what was shown, and why it says nothing
public record AttackPlan(List<Attack> attacks, Plan plan, List<String> remarks) {
  static final String BLOCKED = "B";
  static final String HELD = "H";
  static final String THROUGH = "N";
  static final String ELSEWHERE = "O";
  static final String UNDECIDED = "I";
  static final String NOT_STARTED = "F";
  static final String KILLED = "K";

  /// What the line with the release of a container's own kernel begins with.
  static final String KERNEL = "kernel ";

  /// What stands for that release in a remark.
  static final String RELEASE = "$RELEASE";

  /// What a line with a secret from outside begins with; the attack's own line follows.
  static final String SECRET = "secret ";

  /// Copies the lists.
  public AttackPlan {
    attacks = List.copyOf(attacks);
    remarks = List.copyOf(remarks);
  }
}
