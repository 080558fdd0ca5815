package dev.brig.diagnose;

import dev.brig.linux.Capability;
import dev.brig.linux.Errno;
import dev.brig.linux.Host;
import dev.brig.linux.SubordinateIds;
import dev.brig.linux.SubordinateIds.IdRange;
import dev.brig.linux.SubordinateIds.Programs;
import dev.brig.linux.Syscall;
import dev.brig.linux.UserNamespacePolicy.Switch;
import java.util.List;
import java.util.Optional;

/// Why the ids of a user namespace could not be mapped.
///
/// @see <a
///   href="https://man7.org/linux/man-pages/man7/user_namespaces.7.html">user_namespaces(7)</a>
final class IdMapExamination implements Examination {
  private final Host host;
  private final ProcFiles proc;

  IdMapExamination(Host host, ProcFiles proc) {
    this.host = host;
    this.proc = proc;
  }

  @Override
  public Optional<Finding> examine(FailedCall call, Surroundings surroundings) {
    if (call.syscall() == Syscall.EXECVE) {
      boolean helper = call.text().endsWith("/newuidmap") || call.text().endsWith("/newgidmap");
      return helper ? Optional.of(helperFailed(call)) : Optional.empty();
    }
    boolean map = isMap(call);
    if (!map || !(call.syscall() == Syscall.WRITE || call.syscall() == Syscall.OPENAT)) {
      return Optional.empty();
    }
    return switch (call.errno()) {
      case EPERM, EACCES -> Optional.of(notPermitted(call));
      case EINVAL ->
          Optional.of(
              new Finding(
                  "the kernel takes at most 340 lines, of ranges that do not overlap, and each map"
                      + " once",
                  "look at --uidmap and --gidmap: " + call.text()));
      default -> Optional.empty();
    };
  }

  private static boolean isMap(FailedCall call) {
    for (String text : call.subject().texts()) {
      if (text.endsWith("/uid_map") || text.endsWith("/gid_map") || text.endsWith("/setgroups")) {
        return true;
      }
    }
    for (String text : call.subject().related()) {
      if (text.endsWith("/uid_map") || text.endsWith("/gid_map") || text.endsWith("/setgroups")) {
        return true;
      }
    }
    return call.why().equals("map user and group ids");
  }

  private Finding helperFailed(FailedCall call) {
    if (call.errno() != Errno.EPERM) {
      return new Finding(
          call.text() + " could not be executed", "install it (Debian: apt install uidmap)");
    }
    SubordinateIds ids = host.subordinateIds();
    boolean users = call.text().endsWith("/newuidmap");
    return new Finding(
        call.text()
            + " refused the ids, with the reason above; "
            + (users ? "/etc/subuid" : "/etc/subgid")
            + " gives "
            + ids.user()
            + " "
            + ranges(users ? ids.uids() : ids.gids()),
        "it must be installed with the rights to map: as set-user-id root, or with file"
            + " capabilities (getcap "
            + call.text()
            + ")");
  }

  private static String ranges(List<IdRange> ranges) {
    StringBuilder text = new StringBuilder();
    for (IdRange range : ranges) {
      text.append(text.isEmpty() ? "" : ", ")
          .append(range.start())
          .append(" to ")
          .append(range.start() + range.count() - 1);
    }
    return text.isEmpty() ? "no ids" : text.toString();
  }

  private Finding notPermitted(FailedCall call) {
    if (host.userNamespaces().apparmorRestriction() == Switch.ON && host.identity().isRootless()) {
      return new Finding(
          "this host's AppArmor lets no ordinary program use a user namespace"
              + " (kernel.apparmor_restrict_unprivileged_userns is 1)",
          "sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0, or give brig a profile with"
              + " \"userns,\"");
    }
    SubordinateIds ids = host.subordinateIds();
    boolean rootless =
        host.identity().isRootless()
            || !host.identity().effective().contains(Capability.CAP_SETUID);
    if (rootless && (ids.uids().isEmpty() || ids.gids().isEmpty())) {
      String file = ids.uids().isEmpty() ? "/etc/subuid" : "/etc/subgid";
      return new Finding(
          "user "
              + ids.user()
              + " has no range in "
              + file
              + ", and may map no other id than its"
              + " own",
          "sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 " + ids.user());
    }
    if (rootless && ids.mapper() instanceof Programs programs && !programs.areInstalled()) {
      return new Finding(
          "newuidmap and newgidmap, which may map the ranges of /etc/subuid, are not in PATH",
          "install them (Debian: apt install uidmap)");
    }
    if (rootless && isGroupMap(call) && !deniesGroups()) {
      return new Finding(
          "a user may map a group only after setgroups(2) is denied in the namespace", "");
    }
    String parent = proc.text("self/uid_map").strip().replaceAll("\\s+", " ");
    return new Finding(
        "ids can be mapped that the caller's own namespace has: "
            + parent
            + " (first id, first id outside, count)",
        "");
  }

  private static boolean isGroupMap(FailedCall call) {
    return call.mentioned("/proc/").endsWith("/gid_map");
  }

  private boolean deniesGroups() {
    return proc.text("self/setgroups").startsWith("deny");
  }
}
