package dev.brig.diagnose;

import dev.brig.linux.Host;
import dev.brig.linux.Syscall;
import java.util.Optional;

/// Why a process could not change its user, its capabilities or its filter, or a file its owner.
final class CredentialExamination implements Examination {
  private final Host host;
  private final ProcFiles proc;

  CredentialExamination(Host host, ProcFiles proc) {
    this.host = host;
    this.proc = proc;
  }

  @Override
  public Optional<Finding> examine(FailedCall call, Surroundings surroundings) {
    return switch (call.syscall()) {
      case SETUID, SETGID, SETRESUID, SETRESGID, FCHOWN, FCHOWNAT -> id(call);
      case SETGROUPS -> groups(call);
      case SECCOMP -> filter(call);
      case CAPSET, PRCTL -> capabilities(call);
      default -> Optional.empty();
    };
  }

  private Optional<Finding> id(FailedCall call) {
    return switch (call.errno()) {
      case EINVAL -> Optional.of(unmapped());
      case EPERM ->
          Optional.of(
              new Finding(
                  "only a process with CAP_SETUID, CAP_SETGID or CAP_CHOWN may do this", ""));
      case EAGAIN ->
          Optional.of(
              new Finding(
                  "that user has as many processes as it may have (ulimit -u)",
                  "raise it with --ulimit nproc=…"));
      default -> Optional.empty();
    };
  }

  private Finding unmapped() {
    if (!host.identity().isRootless()) {
      return new Finding(
          "the id has no mapping in the container's user namespace",
          "map more with --uidmap and --gidmap, or take an id that is mapped");
    }
    boolean ranges = host.subordinateIds().usable();
    return new Finding(
        "the id has no mapping in the container's user namespace, which has "
            + (ranges
                ? "the caller's own id and the ranges of /etc/subuid and /etc/subgid"
                : "the caller's own id as 0 and no other"),
        ranges
            ? "the ranges are too small for this id: give the user more of them"
            : "sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 "
                + host.subordinateIds().user()
                + ", and install uidmap");
  }

  private Optional<Finding> groups(FailedCall call) {
    return switch (call.errno()) {
      case EPERM ->
          Optional.of(
              new Finding(
                  "setgroups(2) is denied in this user namespace, as it must be where a user maps"
                      + " its own group only",
                  "further groups need ranges in /etc/subgid and newgidmap"));
      case EINVAL -> Optional.of(unmapped());
      default -> Optional.empty();
    };
  }

  private Optional<Finding> filter(FailedCall call) {
    return switch (call.errno()) {
      case EACCES ->
          Optional.of(
              new Finding(
                  "a filter needs no_new_privs or CAP_SYS_ADMIN, and the process has neither",
                  "--security-opt no-new-privileges"));
      case EINVAL ->
          Optional.of(
              proc.text("self/status").contains("\nSeccomp:")
                  ? new Finding(
                      "the kernel refuses the filter, or a flag of it, as malformed or too long"
                          + " (4096 instructions)",
                      "--security-opt seccomp=unconfined runs without")
                  : noSeccomp());
      case ENOSYS -> Optional.of(noSeccomp());
      default -> Optional.empty();
    };
  }

  private static Finding noSeccomp() {
    return new Finding(
        "this kernel was built without seccomp filters (CONFIG_SECCOMP_FILTER)",
        "--security-opt seccomp=unconfined runs without");
  }

  private Optional<Finding> capabilities(FailedCall call) {
    boolean drops = call.call().contains("PR_CAPBSET_DROP");
    boolean raises = call.call().contains("PR_CAP_AMBIENT") || call.syscall() == Syscall.CAPSET;
    return switch (call.errno()) {
      case EPERM ->
          drops || raises
              ? Optional.of(
                  new Finding(
                      drops
                          ? "dropping capabilities needs CAP_SETPCAP"
                          : "the caller does not have all these capabilities itself; it has "
                              + host.identity().effective(),
                      drops ? "" : "ask for fewer with --cap-add"))
              : Optional.empty();
      case EINVAL ->
          drops
              ? Optional.of(new Finding("this kernel does not know the capability", ""))
              : Optional.empty();
      default -> Optional.empty();
    };
  }
}
