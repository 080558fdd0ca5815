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
/// @param oomScoreAdj what is written to /proc/self/oom_score_adj, or empty
/// @param settings what else only config.json can say
/// @param custody who looks after it
/// @param keeper what the first process is, where the command runs in a guest
public record Launch(
    State state,
    Streams streams,
    Isolation isolation,
    CgroupSteps cgroup,
    RootfsRequest rootfs,
    ProcessRequest process,
    String hostname,
    List<Sysctl> sysctls,
    String oomScoreAdj,
    KernelSettings settings,
    Custody custody,
    Keeper keeper) {
  /// Copies the list.
  public Launch {
    sysctls = List.copyOf(sysctls);
  }

  /// Returns this launch with another root.
  public Launch withRootfs(RootfsRequest other) {
    return new Launch(
        state,
        streams,
        isolation,
        cgroup,
        other,
        process,
        hostname,
        sysctls,
        oomScoreAdj,
        settings,
        custody,
        keeper);
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
  /// @param service what the supervising half does beside waiting
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
      Removal onFailure,
      Service service) {
    /// Of a program that does not decide over a container's life.
    public static final State NONE =
        new State("", "", "", "", List.of(), -1, -1, 0, Removal.KEEP, Removal.KEEP, Service.PLAIN);
  }

  /// What the supervising half of a program does beside waiting.
  ///
  /// @param greeting what a container in the background says when it runs, a line
  /// @param pidFile where the pid of the container's first process is written, or empty
  /// @param logBytesMax how large the log grows, or 0 for as large as it likes
  /// @param timeoutSeconds when the container is killed, or 0 for never
  /// @param remains whether brig itself has something to remove with the container
  public record Service(
      String greeting, String pidFile, long logBytesMax, int timeoutSeconds, Remains remains) {
    /// Nothing to do.
    public static final Service PLAIN = new Service("", "", 0, 0, Remains.NONE);
  }

  /// What is left for brig itself to remove with a container.
  public enum Remains {
    /// Nothing that is known of.
    NONE,
    /// Volumes without a name.
    VOLUMES
  }

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
