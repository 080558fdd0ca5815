package dev.brig.cli.oci;

import dev.brig.error.UnsupportedException;
import dev.brig.linux.Capability;
import dev.brig.linux.Host;
import dev.brig.namespaces.ProcessRequest.Filter;
import dev.brig.runtime.spec.LinuxSeccomp;
import dev.brig.runtime.spec.Spec;
import dev.brig.runtime.spec.SpecWriter;
import dev.brig.seccomp.Circumstances;
import dev.brig.seccomp.SeccompCompiler;
import dev.brig.seccomp.SeccompFilter;
import dev.brig.seccomp.SeccompSource;
import java.util.EnumSet;

/// Turns `linux.seccomp` into the filter of system calls that the kernel takes.
final class BundleFilter {
  private static final String FIELD = "/linux/seccomp";

  private BundleFilter() {}

  /// Returns the filter, of no instructions if the configuration has none.
  static Filter of(OciContext context, Spec spec) {
    LinuxSeccomp seccomp = spec.linux().seccomp();
    if (seccomp == null) {
      return new Filter(new byte[0], 0, "");
    }
    if (!seccomp.listener().path().isEmpty()) {
      throw new UnsupportedException(
          FIELD + "/listenerPath", "brig can't send notifications yet", "leave it out of the spec");
    }
    Host host = context.host();
    Circumstances circumstances =
        new Circumstances(EnumSet.noneOf(Capability.class), host.machine(), host.release());
    SeccompFilter filter =
        new SeccompCompiler(context.kernel(), context.cache().toString())
            .compile(new SeccompSource.Text(SpecWriter.write(seccomp), FIELD), circumstances);
    if (filter.notifies() == SeccompFilter.Notifies.SOMETIMES) {
      throw new UnsupportedException(
          FIELD,
          "it asks a supervisor (SCMP_ACT_NOTIFY), and brig has none to answer",
          "give those calls another action, SCMP_ACT_ERRNO for example");
    }
    return new Filter(filter.program(), filter.flags(), FIELD);
  }
}
