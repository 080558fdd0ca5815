package dev.brig.runtime.compile;

import dev.brig.namespaces.Abi;
import dev.brig.plan.Operand.Format;
import dev.brig.plan.Operand.Text;
import dev.brig.plan.Slot;
import java.util.List;

/// Who answers the system calls that a seccomp filter asks about, `SCMP_ACT_NOTIFY`;
/// config-linux.md "seccomp", seccomp_unotify(2).
///
/// @param socket the Unix socket to which the filter's descriptor is sent, or empty
/// @param beforePid the "container process state" that goes with it, up to the process's number
/// @param betweenPids what stands between that and the number of the container's first process
/// @param afterPids what follows
public record SeccompListener(
    String socket, String beforePid, String betweenPids, String afterPids) {
  /// Nobody: the filter asks nothing.
  public static final SeccompListener NONE = new SeccompListener("", "", "", "");

  /// Returns whether there is one.
  boolean isThere() {
    return !socket.isEmpty();
  }

  /// Returns the state.
  ///
  /// @param process the slot that holds the number of the filtered process
  /// @param first the slot that holds the number of the container's first process
  Format state(Slot process, Slot first) {
    return new Format(
        List.of(
            new Text(beforePid),
            Abi.value(process),
            new Text(betweenPids),
            Abi.value(first),
            new Text(afterPids)));
  }
}
