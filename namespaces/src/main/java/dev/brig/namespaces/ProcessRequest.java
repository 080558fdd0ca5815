package dev.brig.namespaces;

import java.util.List;

/// The process that a container runs, and what it may do.
///
/// @param arguments the command and its arguments, at least one
/// @param environment `NAME=VALUE` each
/// @param searchPath directories in which a command without a slash is looked for, in order
/// @param workingDirectory absolute path inside the container, made if it is missing
/// @param user whose rights it has
/// @param umask file mode creation mask
/// @param privileges capabilities and what limits them
/// @param rlimits resource limits to set; what is not named stays as the caller's
/// @param role whether it is the container's first process itself, or the child of a small init
/// @param terminal whether its standard streams are a pseudo-terminal
public record ProcessRequest(
    List<String> arguments,
    List<String> environment,
    List<String> searchPath,
    String workingDirectory,
    Credentials user,
    int umask,
    Privileges privileges,
    List<RlimitSetting> rlimits,
    Role role,
    RootfsRequest.Terminal terminal) {
  /// Copies the lists and refuses a process without a command.
  public ProcessRequest {
    arguments = List.copyOf(arguments);
    environment = List.copyOf(environment);
    searchPath = List.copyOf(searchPath);
    rlimits = List.copyOf(rlimits);
    if (arguments.isEmpty()) {
      throw new IllegalArgumentException("a process without a command");
    }
  }

  /// Whose rights a process has, in the container's ids; credentials(7).
  ///
  /// @param uid user id
  /// @param gid group id
  /// @param groups supplementary group ids
  /// @param setgroups whether the user namespace allows setgroups(2)
  public record Credentials(long uid, long gid, List<Long> groups, Setgroups setgroups) {
    /// Copies the list.
    public Credentials {
      groups = List.copyOf(groups);
    }
  }

  /// Whether supplementary groups can be set; user_namespaces(7), "/proc/pid/setgroups".
  public enum Setgroups {
    /// They can.
    ALLOWED,
    /// The user namespace forbids it: one id was mapped without privilege.
    DENIED
  }

  /// What a process may do beyond its user's rights; capabilities(7), seccomp(2).
  ///
  /// @param bounding bit set of the capabilities that may ever be had
  /// @param permitted bit set, also made effective as far as `effective` says
  /// @param effective bit set
  /// @param inheritable bit set
  /// @param ambient bit set
  /// @param lastCapability the highest capability of the running kernel,
  ///   /proc/sys/kernel/cap_last_cap
  /// @param noNewPrivileges whether execve(2) can raise rights
  /// @param seccomp the filter as an array of `struct sock_filter`, or empty for none
  public record Privileges(
      long bounding,
      long permitted,
      long effective,
      long inheritable,
      long ambient,
      int lastCapability,
      NoNewPrivileges noNewPrivileges,
      Filter seccomp) {}

  /// Whether execve(2) can raise rights; prctl(2), `PR_SET_NO_NEW_PRIVS`.
  public enum NoNewPrivileges {
    /// Set-user-id programs and file capabilities work, within the bounding set.
    UNSET,
    /// They don't.
    SET
  }

  /// A seccomp filter.
  ///
  /// @param bytes the instructions, eight bytes each; empty for no filter
  /// @param flags `SECCOMP_FILTER_FLAG_*` bits
  /// @param option what chose it
  @SuppressWarnings("ArrayRecordComponent") // kept as it came from the compiler, never compared
  public record Filter(byte[] bytes, int flags, String option) {}

  /// A resource limit.
  ///
  /// @param name as in getrlimit(2), `RLIMIT_NOFILE`
  /// @param number its number
  /// @param soft the soft limit, -1 for none
  /// @param hard the hard limit, -1 for none
  /// @param option what asked for it
  public record RlimitSetting(String name, int number, long soft, long hard, String option) {}

  /// How the process starts.
  public enum Role {
    /// It is the first process of its pid namespace.
    FIRST,
    /// It is the child of a first process that forwards signals and reaps orphans: `--init`.
    UNDER_INIT
  }
}
