package dev.brig.cli.guest;

import dev.brig.cli.bundle.CapabilityNames;
import dev.brig.cli.bundle.RunOptions;
import dev.brig.cli.command.Context;
import dev.brig.error.UnsupportedException;
import dev.brig.runtime.spec.LinuxCapabilities;
import dev.brig.runtime.spec.Process;
import dev.brig.runtime.spec.Spec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The capabilities that the runtime of gVisor's that is installed here knows. One that it does not
/// know keeps it from starting anything; it is asked, since no version says. The answer is kept.
final class GvisorCapabilities {
  private static final String UNKNOWN = "unknown capability \"";

  private final Context context;
  private final String program;

  /// Makes one.
  ///
  /// @param program where runsc is
  GvisorCapabilities(Context context, String program) {
    this.context = context;
    this.program = program;
  }

  /// Returns a configuration without those that it does not know.
  ///
  /// @throws UnsupportedException if such a one was asked for by name
  Spec known(Spec spec, RunOptions.Security asked) {
    Process process = spec.process();
    LinuxCapabilities sets = process == null ? null : process.capabilities();
    if (process == null || sets == null || CapabilityNames.usual().containsAll(sets.bounding())) {
      return spec;
    }
    List<String> unknown = unknown();
    for (String name : asked.capabilitiesAdded()) {
      if (unknown.contains(name) && sets.bounding().contains(name)) {
        throw new UnsupportedException(
            "--cap-add " + name,
            "gVisor's runtime here, " + program + ", does not know this capability",
            "leave it out, take --isolation container, or install a newer runsc");
      }
    }
    LinuxCapabilities known =
        new LinuxCapabilities(
            without(sets.bounding(), unknown),
            without(sets.effective(), unknown),
            without(sets.inheritable(), unknown),
            without(sets.permitted(), unknown),
            without(sets.ambient(), unknown));
    return spec.toBuilder().process(process.toBuilder().capabilities(known).build()).build();
  }

  private static List<String> without(List<String> names, List<String> left) {
    List<String> rest = new ArrayList<>(names);
    rest.removeAll(left);
    return rest;
  }

  private List<String> unknown() {
    Verdicts verdicts = new Verdicts(context, "gvisor-capabilities");
    String subject = Verdicts.version(program);
    Optional<String> kept = verdicts.find(subject);
    if (kept.isPresent()) {
      return List.of(kept.get().split(" "));
    }
    List<String> unknown = new ArrayList<>();
    List<String> known = new ArrayList<>(CapabilityNames.all());
    // It names the first that it does not know, before it looks for the container, which isn't.
    for (String name = complaint(known); known.remove(name); name = complaint(known)) {
      unknown.add(name);
    }
    verdicts.keep(subject, String.join(" ", unknown));
    return unknown;
  }

  /// Returns the name of a capability that it does not know, or empty if it complains of none.
  private String complaint(List<String> names) {
    List<String> command = new ArrayList<>(List.of(program, "--root", "/nonexistent", "exec"));
    for (String name : names) {
      command.addAll(List.of("--cap", name));
    }
    command.addAll(List.of("none", "true"));
    String text = new Trial(command).complaint();
    int start = text.indexOf(UNKNOWN) + UNKNOWN.length();
    int end = text.indexOf('"', start);
    return start < UNKNOWN.length() || end < 0 ? "" : text.substring(start, end);
  }
}
