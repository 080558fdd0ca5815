package dev.brig.seccomp;

import dev.brig.linux.Machine;
import java.util.List;
import java.util.Map;

/// A seccomp profile.
///
/// @param defaultVerdict what is done with calls that no rule is about
/// @param architectures the architectures for which the filter decides, by machine, in libseccomp's
///   lower case words: `x86_64`, `x86`, `x32`; calls of any other end the process
/// @param flags the flags of seccomp(2), `SECCOMP_FILTER_FLAG_LOG` for example
/// @param rules the rules; where two are about the same call and both match, the library decides
public record SeccompProfile(
    Verdict defaultVerdict,
    Map<Machine, List<String>> architectures,
    List<String> flags,
    List<SeccompRule> rules) {
  /// Copies the collections.
  public SeccompProfile {
    architectures = Map.copyOf(architectures);
    flags = List.copyOf(flags);
    rules = List.copyOf(rules);
  }

  /// Returns the architectures for a machine; its own if the profile names none for it.
  List<String> architectures(Machine machine) {
    List<String> named = architectures.get(machine);
    return named == null || named.isEmpty() ? List.of(ownName(machine)) : named;
  }

  /// Returns the library's word for a machine.
  static String ownName(Machine machine) {
    return switch (machine) {
      case X86_64 -> "x86_64";
      case AARCH64 -> "aarch64";
    };
  }
}
