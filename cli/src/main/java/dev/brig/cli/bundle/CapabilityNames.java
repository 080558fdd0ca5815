package dev.brig.cli.bundle;

import java.util.ArrayList;
import java.util.List;

/// The capabilities by name, in the kernel's order.
///
/// @see <a href="https://man7.org/linux/man-pages/man7/capabilities.7.html">capabilities(7)</a>
public final class CapabilityNames {
  /// Stands for every capability in `--cap-add` and `--cap-drop`.
  public static final String ALL = "ALL";

  private static final String KNOWN =
      "CAP_CHOWN CAP_DAC_OVERRIDE CAP_DAC_READ_SEARCH CAP_FOWNER CAP_FSETID CAP_KILL CAP_SETGID"
          + " CAP_SETUID CAP_SETPCAP CAP_LINUX_IMMUTABLE CAP_NET_BIND_SERVICE CAP_NET_BROADCAST"
          + " CAP_NET_ADMIN CAP_NET_RAW CAP_IPC_LOCK CAP_IPC_OWNER CAP_SYS_MODULE CAP_SYS_RAWIO"
          + " CAP_SYS_CHROOT CAP_SYS_PTRACE CAP_SYS_PACCT CAP_SYS_ADMIN CAP_SYS_BOOT CAP_SYS_NICE"
          + " CAP_SYS_RESOURCE CAP_SYS_TIME CAP_SYS_TTY_CONFIG CAP_MKNOD CAP_LEASE CAP_AUDIT_WRITE"
          + " CAP_AUDIT_CONTROL CAP_SETFCAP CAP_MAC_OVERRIDE CAP_MAC_ADMIN CAP_SYSLOG"
          + " CAP_WAKE_ALARM CAP_BLOCK_SUSPEND CAP_AUDIT_READ CAP_PERFMON CAP_BPF"
          + " CAP_CHECKPOINT_RESTORE";

  // podman's set: what a daemon that starts as root needs, and little else.
  private static final String DEFAULT =
      "CAP_CHOWN CAP_DAC_OVERRIDE CAP_FOWNER CAP_FSETID CAP_KILL CAP_NET_BIND_SERVICE CAP_SETFCAP"
          + " CAP_SETGID CAP_SETPCAP CAP_SETUID CAP_SYS_CHROOT";

  private CapabilityNames() {}

  /// Tells whether the name is that of a capability.
  public static boolean isKnown(String name) {
    return all().contains(name);
  }

  /// Returns every capability.
  public static List<String> all() {
    return List.of(KNOWN.split(" "));
  }

  /// Returns what a container has if the options say nothing.
  public static List<String> usual() {
    return List.of(DEFAULT.split(" "));
  }

  /// Returns the set that the options lead to, in the kernel's order.
  ///
  /// As podman has it: the usual set, or with `ALL` dropped none and with `ALL` added every one;
  /// then what is added by name, less what is dropped by name.
  ///
  /// @param added names, or [#ALL]
  /// @param dropped names, or [#ALL]
  public static List<String> chosen(List<String> added, List<String> dropped) {
    List<String> start = usual();
    if (dropped.contains(ALL)) {
      start = List.of();
    }
    if (added.contains(ALL)) {
      start = all();
    }
    List<String> chosen = new ArrayList<>();
    for (String name : all()) {
      if ((start.contains(name) || added.contains(name)) && !dropped.contains(name)) {
        chosen.add(name);
      }
    }
    return chosen;
  }
}
