package dev.brig.seccomp;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// A rule of a profile.
///
/// @param names the system calls it is about
/// @param verdict what is done with them
/// @param tests conditions on their arguments, all of which must hold
/// @param includes when the rule is part of a filter
/// @param excludes when it is not
public record SeccompRule(
    List<String> names,
    Verdict verdict,
    List<ArgumentTest> tests,
    RuleCondition includes,
    RuleCondition excludes) {
  /// Copies the lists.
  public SeccompRule {
    names = List.copyOf(names);
    tests = List.copyOf(tests);
  }

  /// Tells whether the rule is part of a filter.
  boolean applies(Circumstances given) {
    return includes.admits(given) && !excludes.rejects(given);
  }

  /// Tells whether an argument is tested twice. The kernel's library can't have both in one rule;
  /// all runtimes then take each test for a rule of its own, any of which is enough.
  boolean testsAnArgumentTwice() {
    Set<Integer> indexes = new HashSet<>();
    for (ArgumentTest test : tests) {
      if (!indexes.add(test.index())) {
        return true;
      }
    }
    return false;
  }
}
