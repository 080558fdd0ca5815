package dev.brig.runtime.compile;

import dev.brig.error.UnsupportedException;
import dev.brig.runtime.spec.Mount;

/// Which mounts may cover something of /proc: those that show a container other figures of its
/// machine, as lxcfs does, and no others. What programs ask the kernel there about themselves
/// decides over their safety (CVE-2019-16884, CVE-2025-52881), so runc refuses the same.
final class ProcTargets {
  private static final String PROC = "/proc";
  private static final String ALLOWED =
      " /proc/cpuinfo /proc/diskstats /proc/loadavg /proc/meminfo /proc/slabinfo /proc/stat"
          + " /proc/swaps /proc/uptime /proc/sys/crypto/fips_enabled"
          + " /proc/sys/kernel/ns_last_pid ";

  private ProcTargets() {}

  /// Refuses a mount by which a container would see another /proc than the kernel's.
  ///
  /// @param mount with a normalized destination
  /// @param options its options
  /// @param subject what asked for it
  static void check(Mount mount, MountOptions options, String subject) {
    String target = mount.destination();
    if (target.equals(PROC)) {
      boolean right =
          switch (options.kind()) {
            case NEW ->
                mount.type().equals("bind")
                    ? mount.source().equals(PROC)
                    : mount.type().equals("proc");
            case BIND -> mount.source().equals(PROC);
            case REMOUNT, REMOUNT_BIND -> true;
          };
      if (!right) {
        throw new UnsupportedException(
            subject,
            PROC + " cannot be mounted because it is not of type proc",
            "choose another destination");
      }
    } else if (target.startsWith(PROC + "/") && !ALLOWED.contains(" " + target + " ")) {
      throw new UnsupportedException(
          subject,
          target + " cannot be mounted because it is inside /proc",
          "choose another destination; of /proc only" + ALLOWED + "can be covered");
    }
  }
}
