package dev.brig.cli.run;

import dev.brig.cli.bundle.Bundle;
import dev.brig.cli.command.Context;
import dev.brig.error.UnsupportedException;
import dev.brig.linux.Capability;
import dev.brig.linux.Host;
import dev.brig.namespaces.ProcessRequest.Filter;
import dev.brig.runtime.spec.LinuxCapabilities;
import dev.brig.runtime.spec.Process;
import dev.brig.runtime.spec.Spec;
import dev.brig.seccomp.Circumstances;
import dev.brig.seccomp.SeccompCompiler;
import dev.brig.seccomp.SeccompFilter;
import dev.brig.seccomp.SeccompSource;
import java.util.EnumSet;
import java.util.Set;

/// Turns a container's profile into the filter of system calls that the kernel takes.
final class FilterSource {
  private static final String OPTION = "--security-opt seccomp";

  private final Context context;

  FilterSource(Context context) {
    this.context = context;
  }

  /// Returns the filter.
  ///
  /// @param spec the container's configuration, whose bounding capabilities profiles depend on
  /// @param profile the profile's text, or empty for brig's default
  Filter filter(Spec spec, String profile) {
    if (profile.equals(Bundle.UNCONFINED)) {
      return new Filter(new byte[0], 0, OPTION);
    }
    SeccompSource source =
        profile.isEmpty()
            ? new SeccompSource.Default()
            : new SeccompSource.Text(profile, OPTION + ", the profile");
    Host host = context.host();
    Circumstances circumstances = new Circumstances(bounding(spec), host.machine(), host.release());
    SeccompFilter filter =
        new SeccompCompiler(
                context.kernel(), context.paths().root().resolve("cache/seccomp").toString())
            .compile(source, circumstances);
    if (filter.notifies() == SeccompFilter.Notifies.SOMETIMES) {
      throw new UnsupportedException(
          source.origin(),
          "it asks a supervisor (SCMP_ACT_NOTIFY), and brig has none to answer",
          "give those calls another action, SCMP_ACT_ERRNO for example");
    }
    return new Filter(filter.program(), filter.flags(), profile.isEmpty() ? "" : OPTION);
  }

  private static Set<Capability> bounding(Spec spec) {
    Set<Capability> bounding = EnumSet.noneOf(Capability.class);
    Process process = spec.process();
    LinuxCapabilities capabilities = process == null ? null : process.capabilities();
    if (capabilities != null) {
      for (String name : capabilities.bounding()) {
        bounding.add(Capability.parse(name));
      }
    }
    return bounding;
  }
}
