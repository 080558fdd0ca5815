package dev.brig.seccomp;

import dev.brig.error.UnsupportedException;
import dev.brig.error.UsageException;
import dev.brig.linux.SeccompLibrary;
import java.util.ArrayList;
import java.util.List;

/// Makes one filter with libseccomp.
final class FilterBuilder {
  private static final int UNKNOWN = -1;

  private final SeccompLibrary library;
  private final String origin;
  private final SeccompProfile profile;
  private final Circumstances given;
  private final int[] architectures;

  FilterBuilder(
      SeccompLibrary library, String origin, SeccompProfile profile, Circumstances given) {
    this.library = library;
    this.origin = origin;
    this.profile = profile;
    this.given = given;
    this.architectures = architectures();
  }

  SeccompFilter build() {
    byte[] program;
    try (SeccompLibrary.Filter filter =
        library.filter(profile.defaultVerdict().value(), architectures)) {
      for (SeccompRule rule : profile.rules()) {
        // The library refuses a rule that says what is done anyway.
        if (rule.applies(given) && rule.verdict().value() != profile.defaultVerdict().value()) {
          add(filter, rule);
        }
      }
      program = filter.export();
    }
    return new SeccompFilter(
        NewerCalls.prepend(library, profile, architectures, program),
        SeccompFlags.bits(profile.flags(), origin),
        notifies());
  }

  private int[] architectures() {
    List<String> names = profile.architectures(given.machine());
    int[] numbers = new int[names.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = library.architecture(names.get(i));
      if (numbers[i] == 0) {
        throw new UsageException(
            origin, "libseccomp knows no architecture \"" + names.get(i) + "\"", "");
      }
    }
    return numbers;
  }

  private void add(SeccompLibrary.Filter filter, SeccompRule rule) {
    for (String name : rule.names()) {
      int number = library.number(name);
      if (number == UNKNOWN) {
        refuseIfItWouldPass(name, rule);
        continue;
      }
      if (rule.testsAnArgumentTwice()) {
        for (ArgumentTest test : rule.tests()) {
          filter.add(rule.verdict().value(), number, comparisons(List.of(test)));
        }
      } else {
        filter.add(rule.verdict().value(), number, comparisons(rule.tests()));
      }
    }
  }

  // A call that the library can't name keeps the default. That is harmless where the default is to
  // refuse,
  // and profiles name calls of kernels to come; where the default lets it pass, the profile would
  // be broken.
  private void refuseIfItWouldPass(String name, SeccompRule rule) {
    if (profile.defaultVerdict().action().lets() && !rule.verdict().action().lets()) {
      throw new UnsupportedException(
          origin,
          "the installed libseccomp knows no system call \"" + name + "\", so it can't be refused",
          "correct the name, or install a newer libseccomp");
    }
  }

  private static List<SeccompLibrary.Comparison> comparisons(List<ArgumentTest> tests) {
    List<SeccompLibrary.Comparison> comparisons = new ArrayList<>();
    for (ArgumentTest test : tests) {
      comparisons.add(
          new SeccompLibrary.Comparison(
              test.index(), test.operator().number(), test.value(), test.valueTwo()));
    }
    return comparisons;
  }

  private SeccompFilter.Notifies notifies() {
    for (SeccompRule rule : profile.rules()) {
      if (rule.verdict().action() == Action.SCMP_ACT_NOTIFY && rule.applies(given)) {
        return SeccompFilter.Notifies.SOMETIMES;
      }
    }
    return SeccompFilter.Notifies.NEVER;
  }
}
