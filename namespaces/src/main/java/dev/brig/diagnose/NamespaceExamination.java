package dev.brig.diagnose;

import dev.brig.linux.CloneFlag;
import dev.brig.linux.Errno;
import dev.brig.linux.Host;
import dev.brig.linux.Rlimit;
import dev.brig.linux.Syscall;
import dev.brig.linux.UserNamespacePolicy.Switch;
import java.util.Optional;

/// Why a process or a namespace could not be made or entered.
///
/// @see <a href="https://man7.org/linux/man-pages/man7/namespaces.7.html">namespaces(7)</a>
final class NamespaceExamination implements Examination {
  private final Host host;
  private final ProcFiles proc;

  NamespaceExamination(Host host, ProcFiles proc) {
    this.host = host;
    this.proc = proc;
  }

  @Override
  public Optional<Finding> examine(FailedCall call, Surroundings surroundings) {
    boolean makes =
        switch (call.syscall()) {
          case UNSHARE, CLONE, CLONE3 -> true;
          default -> false;
        };
    if (call.syscall() == Syscall.SETNS) {
      return entering(call);
    }
    if (!makes) {
      return Optional.empty();
    }
    return switch (call.errno()) {
      case ENOSPC, EUSERS -> Optional.of(limit(call));
      case EPERM -> Optional.of(notPermitted(call));
      case EAGAIN -> Optional.of(tooManyProcesses());
      case EINVAL -> unknownFlag(call);
      case EBADF, EOPNOTSUPP, EBUSY -> intoCgroup(call);
      default -> Optional.empty();
    };
  }

  private static Optional<Finding> intoCgroup(FailedCall call) {
    if (!call.call().contains(CloneFlag.CLONE_INTO_CGROUP.name())) {
      return Optional.empty();
    }
    return Optional.of(
        call.errno() == Errno.EBUSY
            ? new Finding(
                "the cgroup that the process should start in hands controllers to others, so it can"
                    + " hold none itself",
                "a cgroup v2 holds either processes or controlled cgroups")
            : new Finding("the cgroup that the process should start in can't take it", ""));
  }

  private Finding limit(FailedCall call) {
    String[][] kinds = {
      {"CLONE_NEWUSER", "user"},
      {"CLONE_NEWPID", "pid"},
      {"CLONE_NEWNET", "net"},
      {"CLONE_NEWNS", "mnt"},
      {"CLONE_NEWIPC", "ipc"},
      {"CLONE_NEWUTS", "uts"},
      {"CLONE_NEWCGROUP", "cgroup"},
      {"CLONE_NEWTIME", "time"}
    };
    StringBuilder asked = new StringBuilder();
    for (String[] kind : kinds) {
      if (!call.call().contains(kind[0])) {
        continue;
      }
      String setting = "user.max_" + kind[1] + "_namespaces";
      long max = proc.number("sys/user/max_" + kind[1] + "_namespaces");
      if (max == 0) {
        return new Finding(
            "this host allows no " + kind[1] + " namespaces: " + setting + " is 0",
            "sudo sysctl " + setting + "=10000");
      }
      asked.append(asked.isEmpty() ? "" : ", ").append(setting).append(" = ").append(max);
    }
    return new Finding(
        "a limit on the number of namespaces is reached, of this user or of one that made a"
            + " namespace around: "
            + asked
            + "; user and pid namespaces nest at most 32 deep",
        "end what holds them (lsns lists them), or raise the limit with sysctl");
  }

  private Finding notPermitted(FailedCall call) {
    boolean user = call.call().contains("CLONE_NEWUSER");
    if (user && host.userNamespaces().unprivilegedClone() == Switch.OFF) {
      return new Finding(
          "this host lets only root make user namespaces (kernel.unprivileged_userns_clone is 0)",
          "sudo sysctl kernel.unprivileged_userns_clone=1, or run brig as root");
    }
    if (user) {
      return new Finding(
          "the kernel refuses a user namespace to a process whose root is not that of its mount"
              + " namespace (a chroot), or whose ids have no mapping",
          "run brig outside the chroot; inside another container, that one must allow it");
    }
    if (host.identity().isRootless()) {
      return new Finding(
          "only a user namespace gives the right to make others to a process without"
              + " CAP_SYS_ADMIN, and this one was made without",
          "--userns private, or run brig as root");
    }
    return new Finding(
        "something keeps even root from it: a seccomp filter or a security module of a container"
            + " around",
        "");
  }

  private Finding tooManyProcesses() {
    Rlimit.Value limit = host.limit(Rlimit.RLIMIT_NPROC);
    return new Finding(
        "there are as many processes as may be: of this user (ulimit -u: "
            + limit.text()
            + "), in the cgroup (pids.max), or on the host (kernel.pid_max: "
            + proc.number("sys/kernel/pid_max")
            + ")",
        "end some, or raise the limit that is reached");
  }

  private static Optional<Finding> unknownFlag(FailedCall call) {
    return call.call().contains("CLONE_NEWTIME")
        ? Optional.of(
            new Finding(
                "this kernel was perhaps built without time namespaces (CONFIG_TIME_NS)",
                "share the host's clocks: --time host"))
        : Optional.empty();
  }

  private static Optional<Finding> entering(FailedCall call) {
    return switch (call.errno()) {
      case EPERM ->
          Optional.of(
              new Finding(
                  "entering a namespace needs CAP_SYS_ADMIN in the user namespace that owns it",
                  "it belongs to another user's container, or was made by root"));
      case EINVAL ->
          Optional.of(
              new Finding(
                  "the file is of another kind of namespace than it was given for, or the process"
                      + " is in that user namespace already",
                  ""));
      case ESRCH -> Optional.of(new Finding("the process whose namespace it was has ended", ""));
      default -> Optional.empty();
    };
  }
}
