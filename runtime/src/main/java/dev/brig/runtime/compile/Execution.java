package dev.brig.runtime.compile;

import dev.brig.linux.Identity.UserNamespace;
import dev.brig.namespaces.ProcessRequest;
import java.util.List;

/// A further process in a running container: `brig exec`.
///
/// @param id the container's id
/// @param brig the command that runs brig itself, for a failure that needs thought
/// @param pidfd the descriptor of the container's first process, open in the process that becomes
///   the program
/// @param initPid the number of that process, for those who are told
/// @param traceFd the descriptor for the trace, or -1
/// @param ignoredSignals bit set of the signals that the caller ignores
/// @param namespaces bit set of `CLONE_NEW*` flags of the namespaces that the container does not
///   share with the host
/// @param place the user namespace that brig runs in
/// @param cgroups the container's cgroups
/// @param streams what its standard streams are
/// @param process the process
/// @param settings what else the process is given
public record Execution(
    String id,
    List<String> brig,
    int pidfd,
    int initPid,
    int traceFd,
    long ignoredSignals,
    long namespaces,
    UserNamespace place,
    Cgroups cgroups,
    ExecStreams streams,
    ProcessRequest process,
    KernelSettings settings) {
  /// Copies the lists.
  public Execution {
    brig = List.copyOf(brig);
  }

  /// Tells whether whoever has joined the container's namespaces can't return to its own pid
  /// namespace: it is owned by a user namespace in which it has no rights, setns(2).
  boolean isOneWay() {
    return place == UserNamespace.OTHER || (namespaces & Isolation.CLONE_NEWUSER) != 0;
  }

  /// The cgroups that the process becomes a member of.
  ///
  /// @param joins the files of version 1 to which it writes "0" to join
  /// @param target the directory of version 2 that it is born into, or empty
  public record Cgroups(List<String> joins, String target) {
    /// Copies the list.
    public Cgroups {
      joins = List.copyOf(joins);
    }
  }

  /// What the standard streams are, and who waits.
  ///
  /// @param streams [Streams.Inherited], [Streams.Relayed], [Streams.Shown] or [Streams.Sent]
  /// @param waiting whether the caller waits for the end
  /// @param pidFile where the process's number is written, or empty
  /// @param preservedFds how many descriptors from 3 on are passed to the command
  public record ExecStreams(Streams streams, Waiting waiting, String pidFile, int preservedFds) {
    /// Makes streams without more.
    public ExecStreams(Streams streams, Waiting waiting) {
      this(streams, waiting, "", 0);
    }
  }

  /// Whether the caller waits for the process to end.
  public enum Waiting {
    /// It does, and gets its status.
    FOREGROUND,
    /// It does not: `-d`.
    BACKGROUND,
    /// Nobody of brig's does: the process becomes the child of whoever adopts it.
    ELSEWHERE
  }
}
