package dev.brig.runtime.compile;

import dev.brig.error.UnsupportedException;
import dev.brig.runtime.spec.LinuxNamespace;
import dev.brig.runtime.spec.LinuxNamespaceType;
import dev.brig.runtime.spec.Spec;

/// Which kernel parameters are a namespace's own. All others are the whole machine's, and a
/// container that set one would set it for everybody.
///
/// @see <a href="https://docs.kernel.org/admin-guide/sysctl/index.html">Documentation for
///   /proc/sys</a>
final class Sysctls {
  private static final String IPC =
      " kernel.msgmax kernel.msgmnb kernel.msgmni kernel.sem kernel.shmall kernel.shmmax"
          + " kernel.shmmni kernel.shm_rmid_forced ";

  private Sysctls() {}

  /// Refuses a parameter that is the host's in this container.
  ///
  /// @param name with dots
  /// @param option what asked for it
  static void check(Spec spec, String name, String option) {
    if (name.equals("kernel.hostname")) {
      throw new UnsupportedException(
          option, "the host name has an option of its own", "--hostname NAME");
    }
    if (name.startsWith("net.")) {
      require(spec, LinuxNamespaceType.NETWORK, option, "--network host");
    } else if (name.startsWith("fs.mqueue.") || IPC.contains(" " + name + " ")) {
      require(spec, LinuxNamespaceType.IPC, option, "--ipc host");
    } else if (name.equals("kernel.domainname")) {
      require(spec, LinuxNamespaceType.UTS, option, "--uts host");
    } else {
      throw new UnsupportedException(
          option,
          "it is a setting of the whole machine, not of a container's namespaces",
          "set it on the host: sysctl -w "
              + name
              + "=VALUE; a container can have net.*,"
              + " fs.mqueue.*, kernel.msg*, kernel.sem, kernel.shm* and kernel.domainname");
    }
  }

  private static void require(Spec spec, LinuxNamespaceType type, String option, String shared) {
    for (LinuxNamespace namespace : spec.linux().namespaces()) {
      if (namespace.type() == type) {
        return;
      }
    }
    throw new UnsupportedException(
        option,
        "with the host's " + type.text() + " namespace it would be set for the whole machine",
        "leave " + shared + " or the setting out");
  }
}
