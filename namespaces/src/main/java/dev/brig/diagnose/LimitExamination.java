package dev.brig.diagnose;

import dev.brig.linux.Capability;
import dev.brig.linux.Errno;
import dev.brig.linux.Host;
import dev.brig.linux.Rlimit;
import dev.brig.linux.Syscall;
import java.util.Locale;
import java.util.Optional;

/// Why a limit or a priority of a process could not be set.
///
/// @see <a href="https://man7.org/linux/man-pages/man2/getrlimit.2.html">getrlimit(2)</a>
final class LimitExamination implements Examination {
  private final Host host;

  LimitExamination(Host host) {
    this.host = host;
  }

  @Override
  public Optional<Finding> examine(FailedCall call, Surroundings surroundings) {
    if (call.syscall() == Syscall.PRLIMIT64) {
      return limit(call);
    }
    boolean badness = call.mentioned("/proc/").endsWith("/oom_score_adj");
    if (badness && call.syscall() == Syscall.WRITE && call.errno() == Errno.EACCES) {
      return Optional.of(
          new Finding(
              "lowering oom_score_adj below what it was started with needs CAP_SYS_RESOURCE, which "
                  + whoLacks(),
              "leave --oom-score-adj out, or raise it instead"));
    }
    return Optional.empty();
  }

  private Optional<Finding> limit(FailedCall call) {
    Rlimit named = Rlimit.RLIMIT_NOFILE;
    boolean found = false;
    for (Rlimit limit : Rlimit.values()) {
      // With the comma, for RLIMIT_RTTIME does not end where RLIMIT_RT… begins.
      if (call.call().contains(limit.name() + ",")) {
        named = limit;
        found = true;
      }
    }
    if (!found) {
      return Optional.empty();
    }
    String present = host.limit(named).text();
    String word = named.name().substring("RLIMIT_".length()).toLowerCase(Locale.ROOT);
    return switch (call.errno()) {
      case EPERM ->
          Optional.of(
              new Finding(
                  named == Rlimit.RLIMIT_NOFILE && hasResource()
                      ? "more open files than the host allows one process (fs.nr_open)"
                      : "the caller's limit is "
                          + present
                          + " (soft:hard), and raising the hard"
                          + " limit needs CAP_SYS_RESOURCE, which "
                          + whoLacks(),
                  "--ulimit " + word + "=" + present + " is the most that can be had here"));
      case EINVAL -> Optional.of(new Finding("the soft limit is above the hard limit", ""));
      default -> Optional.empty();
    };
  }

  private boolean hasResource() {
    return host.identity().effective().contains(Capability.CAP_SYS_RESOURCE);
  }

  private String whoLacks() {
    return host.identity().euid() == 0 ? "root lacks on this host" : "the caller lacks";
  }
}
