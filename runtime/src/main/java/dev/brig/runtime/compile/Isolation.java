package dev.brig.runtime.compile;

import dev.brig.namespaces.ProcessRequest;
import java.util.List;

/// The namespaces of a container; namespaces(7).
///
/// @param created bit set of `CLONE_NEW*` flags of the namespaces that are new
/// @param joined the namespaces that exist already
/// @param mapping the id mappings of a new user namespace
public record Isolation(long created, List<Join> joined, IdMapping mapping) {
  /// The user namespace's flag; clone(2).
  public static final long CLONE_NEWUSER = 0x10000000L;

  /// The pid namespace's flag; clone(2).
  public static final long CLONE_NEWPID = 0x20000000L;

  /// The network namespace's flag; clone(2).
  public static final long CLONE_NEWNET = 0x40000000L;

  /// The mount namespace's flag; clone(2).
  public static final long CLONE_NEWNS = 0x20000L;

  /// The UTS namespace's flag; clone(2).
  public static final long CLONE_NEWUTS = 0x04000000L;

  /// The IPC namespace's flag; clone(2).
  public static final long CLONE_NEWIPC = 0x08000000L;

  /// The cgroup namespace's flag; clone(2).
  public static final long CLONE_NEWCGROUP = 0x02000000L;

  /// The time namespace's flag; clone3 only; clone(2).
  public static final long CLONE_NEWTIME = 0x80L;

  /// Copies the list.
  public Isolation {
    joined = List.copyOf(joined);
  }

  /// Returns the same without a new namespace.
  ///
  /// @param flag its `CLONE_NEW*` flag
  Isolation without(long flag) {
    return new Isolation(created & ~flag, joined, mapping);
  }

  /// Returns whether a namespace is new.
  ///
  /// @param flag its `CLONE_NEW*` flag
  public boolean creates(long flag) {
    return (created & flag) != 0;
  }

  /// Returns whether a namespace is one that exists.
  ///
  /// @param flag its `CLONE_NEW*` flag
  public boolean joins(long flag) {
    for (Join join : joined) {
      if (join.flag() == flag) {
        return true;
      }
    }
    return false;
  }

  /// Returns whether the container's user namespace is another than the caller's.
  public boolean hasUserNamespace() {
    return creates(CLONE_NEWUSER) || joins(CLONE_NEWUSER);
  }

  /// A namespace that exists.
  ///
  /// @param flag its `CLONE_NEW*` flag
  /// @param path a file of /proc/PID/ns, or a bind mount of one
  /// @param option what asked for it
  public record Join(long flag, String path, String option) {}

  /// How the ids of a new user namespace are mapped.
  public sealed interface IdMapping {

    /// There is no new user namespace.
    record None() implements IdMapping {}

    /// The user namespace is an existing one.
    ///
    /// @param setgroups whether setgroups(2) is allowed in it
    record Joined(ProcessRequest.Setgroups setgroups) implements IdMapping {}

    /// The maps are written by the program itself.
    ///
    /// @param uidMap what is written to uid_map
    /// @param gidMap what is written to gid_map
    /// @param setgroups whether setgroups(2) stays allowed
    record Written(String uidMap, String gidMap, ProcessRequest.Setgroups setgroups)
        implements IdMapping {}

    /// The maps are written by newuidmap(1) and newgidmap(1), as /etc/subuid and /etc/subgid allow.
    ///
    /// @param newuidmap the path of newuidmap
    /// @param uids its arguments after the pid: container id, host id, count, and so on
    /// @param newgidmap the path of newgidmap
    /// @param gids its arguments after the pid
    record Delegated(String newuidmap, List<String> uids, String newgidmap, List<String> gids)
        implements IdMapping {
      /// Copies the lists.
      public Delegated {
        uids = List.copyOf(uids);
        gids = List.copyOf(gids);
      }
    }
  }
}
