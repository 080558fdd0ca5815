package dev.brig.cli.oci;

import dev.brig.error.UnsupportedException;
import dev.brig.linux.Capability;
import dev.brig.linux.Host;
import dev.brig.namespaces.ProcessRequest.Filter;
import dev.brig.runtime.spec.LinuxSeccomp;
import dev.brig.runtime.spec.LinuxSyscall;
import dev.brig.runtime.spec.SeccompAction;
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

  /// Flags of seccomp(2).
  private static final int TSYNC = 1;

  private static final int NEW_LISTENER = 1 << 3;
  private static final int TSYNC_ESRCH = 1 << 4;

  private BundleFilter() {}

  /// Returns the filter, of no instructions if the configuration has none.
  static Filter of(OciContext context, Spec spec) {
    LinuxSeccomp seccomp = spec.linux().seccomp();
    if (seccomp == null) {
      return new Filter(new byte[0], 0, "");
    }
    Host host = context.host();
    Circumstances circumstances =
        new Circumstances(EnumSet.noneOf(Capability.class), host.machine(), host.release());
    SeccompFilter filter =
        new SeccompCompiler(context.kernel(), context.cache().toString())
            .compile(new SeccompSource.Text(SpecWriter.write(seccomp), FIELD), circumstances);
    int flags = filter.flags();
    if (filter.notifies() == SeccompFilter.Notifies.SOMETIMES) {
      checkListener(seccomp);
      flags |= NEW_LISTENER | ((flags & TSYNC) != 0 ? TSYNC_ESRCH : 0);
    }
    return new Filter(filter.program(), flags, FIELD);
  }

  /// Tells whether a filter asks a listener.
  static boolean asks(Filter filter) {
    return (filter.flags() & NEW_LISTENER) != 0;
  }

  /// Refuses what could never work: nobody to answer, and a filter that asks about the call by
  /// which it is told that there is something to answer.
  private static void checkListener(LinuxSeccomp seccomp) {
    if (seccomp.listener().path().isEmpty()) {
      throw new UnsupportedException(
          FIELD,
          "SCMP_ACT_NOTIFY asks an agent, and listenerPath names none",
          "set " + FIELD + "/listenerPath to the agent's Unix socket");
    }
    boolean all = seccomp.defaultAction() == SeccompAction.SCMP_ACT_NOTIFY;
    for (LinuxSyscall rule : seccomp.syscalls()) {
      all |= rule.action() == SeccompAction.SCMP_ACT_NOTIFY && rule.names().contains("write");
    }
    if (all) {
      throw new UnsupportedException(
          FIELD,
          "SCMP_ACT_NOTIFY cannot be used for the write syscall, nor as the default action",
          "give write another action");
    }
  }
}
