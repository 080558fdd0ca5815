package dev.brig.seccomp;

import dev.brig.error.UnsupportedException;
import dev.brig.error.UsageException;
import dev.brig.linux.SeccompLibrary;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Makes one filter with libseccomp.
final class FilterBuilder {
  private static final int UNKNOWN = -1;

  /// Other machines' architectures that libseccomp knows since 2.6: no call here is theirs.
  private static final Set<String> NEWER = Set.of("loongarch64", "m68k", "sh", "sheb");

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
    List<Integer> numbers = new ArrayList<>();
    for (String name : profile.architectures(given.machine())) {
      // The library has a number for this, 0, and no word.
      boolean machines = name.equals("native");
      int number = library.architecture(machines ? SeccompProfile.ownName(given.machine()) : name);
      if (number != 0) {
        numbers.add(number);
      } else if (!NEWER.contains(name)) {
        throw new UsageException(origin, "libseccomp knows no architecture \"" + name + "\"", "");
      }
    }
    // As in other runtimes, calls of the machine's own are filtered whatever else is named.
    int own = library.architecture(SeccompProfile.ownName(given.machine()));
    if (!numbers.contains(own)) {
      numbers.addFirst(own);
    }
    int[] all = new int[numbers.size()];
    for (int i = 0; i < all.length; i++) {
      all[i] = numbers.get(i);
    }
    return all;
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
