package dev.brig.runtime.compile;

import dev.brig.namespaces.RootfsRequest;
import java.util.List;

/// Who looks after a container once its process is made.
public sealed interface Custody {

  /// The program that made it, to the end: `brig run`.
  record Program() implements Custody {}

  /// Whoever called brig, as callers of an OCI runtime want it: containerd's shim, conmon. The
  /// container's process waits at a gate, a named pipe in the container's directory, until it is
  /// started; nobody's death but its own ends it.
  ///
  /// @param until how long the program stays
  /// @param pidFile where the number of the container's process is written, or empty
  /// @param preservedFds how many descriptors from 3 on are passed to the command
  /// @param keyring the name of the container's own session keyring, or empty to keep the caller's
  /// @param way how the root is entered
  /// @param home the cgroup.procs of the cgroup that the program goes back to once the container's
  ///   process is made, or empty
  /// @param netDevices network devices of the host that the container gets
  /// @param listener who answers what the seccomp filter asks
  /// @param hooks what is run at the points of the container's life
  record Caller(
      Until until,
      String pidFile,
      int preservedFds,
      String keyring,
      RootfsRequest.Way way,
      String home,
      List<NetDevice> netDevices,
      SeccompListener listener,
      HookCalls hooks)
      implements Custody {
    /// Copies the list.
    public Caller {
      netDevices = List.copyOf(netDevices);
    }
  }

  /// How long the program stays.
  enum Until {
    /// Until the container's process waits at the gate: `create`.
    CREATED,
    /// Until the command runs: `run --detach`.
    STARTED,
    /// Until it has ended: `run`.
    ENDED
  }
}
