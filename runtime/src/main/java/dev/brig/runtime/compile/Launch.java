package dev.brig.runtime.compile;

import dev.brig.namespaces.ProcessRequest;
import dev.brig.namespaces.RootfsRequest;
import java.util.List;

/// Everything that the program of one container is made from.
///
/// @param state where the program reads and writes on the host
/// @param streams what the container's standard streams are
/// @param isolation its namespaces
/// @param cgroup its cgroup
/// @param rootfs its root
/// @param process its process
/// @param hostname its host name, or empty to leave it
/// @param sysctls kernel parameters to set before /proc/sys becomes read-only, as `net/ipv4/…` and
///   value
public record Launch(
    State state,
    Streams streams,
    Isolation isolation,
    CgroupSteps cgroup,
    RootfsRequest rootfs,
    ProcessRequest process,
    String hostname,
    List<Sysctl> sysctls) {
  /// Copies the list.
  public Launch {
    sysctls = List.copyOf(sysctls);
  }

  /// Returns this launch with another root.
  public Launch withRootfs(RootfsRequest other) {
    return new Launch(state, streams, isolation, cgroup, other, process, hostname, sysctls);
  }

  /// Files and names of the container on the host.
  ///
  /// @param id the container's id
  /// @param directory its directory below ROOT
  /// @param runDirectory its directory below RUN
  /// @param nameLink the symbolic link that reserves its name
  /// @param brig the command that runs brig itself, for what needs thought at the end
  /// @param lockFd the descriptor that holds the lock, open in the process that becomes the program
  /// @param traceFd the descriptor for the trace, or -1
  /// @param ignoredSignals bit set of the signals that the caller ignores, bit n-1 for signal n
  /// @param removal what happens to the container when it has ended
  /// @param onFailure what happens to it if it can't be started
  public record State(
      String id,
      String directory,
      String runDirectory,
      String nameLink,
      List<String> brig,
      int lockFd,
      int traceFd,
      long ignoredSignals,
      Removal removal,
      Removal onFailure) {}

  /// What happens to a container when it has ended.
  public enum Removal {
    /// It is kept, with its exit status.
    KEEP,
    /// It is removed: `--rm`.
    REMOVE,
    /// Whoever started it waits for it, reads what it wrote and removes it; it ends with that
    /// process.
    HELD
  }

  /// A kernel parameter.
  ///
  /// @param path below /proc/sys, with slashes
  /// @param value what is written to it
  /// @param option what asked for it
  public record Sysctl(String path, String value, String option) {}
}
