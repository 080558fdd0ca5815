package dev.brig.diagnose;

import dev.brig.linux.Host;
import dev.brig.linux.Syscall;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Why something could not be mounted.
///
/// @see <a
///   href="https://man7.org/linux/man-pages/man7/mount_namespaces.7.html">mount_namespaces(7)</a>
final class MountExamination implements Examination {
  private static final int NAMED_MAX = 6;

  private final Host host;
  private final ProcFiles proc;

  MountExamination(Host host, ProcFiles proc) {
    this.host = host;
    this.proc = proc;
  }

  @Override
  public Optional<Finding> examine(FailedCall call, Surroundings surroundings) {
    boolean mounting =
        switch (call.syscall()) {
          case MOUNT,
              FSOPEN,
              FSCONFIG,
              FSMOUNT,
              MOVE_MOUNT,
              OPEN_TREE,
              MOUNT_SETATTR,
              PIVOT_ROOT,
              UMOUNT2 ->
              true;
          default -> false;
        };
    if (!mounting) {
      return Optional.empty();
    }
    return switch (call.errno()) {
      case EPERM -> notPermitted(call);
      case ENODEV -> Optional.of(unknownType(call));
      case EINVAL -> invalid(call);
      case ENOSPC -> Optional.of(tooMany());
      case ELOOP ->
          Optional.of(
              new Finding(
                  "the target is reached through a symbolic link, which a mount must not follow",
                  "remove the link from the image, or mount elsewhere"));
      default -> Optional.empty();
    };
  }

  private Optional<Finding> notPermitted(FailedCall call) {
    boolean creates =
        switch (call.syscall()) {
          case MOUNT, FSCONFIG, FSMOUNT, FSOPEN -> true;
          default -> false;
        };
    if (creates && call.mentions("proc")) {
      return Optional.of(coveredProc());
    }
    if (creates && call.mentions("sysfs")) {
      return Optional.of(
          new Finding(
              "a new sysfs shows the network of its network namespace, which has to belong to the"
                  + " container's own user namespace, and nothing of the old one may be covered"
                  + covered("/sys"),
              "give the container a network namespace (--network none), or bind the host's:"
                  + " -v /sys:/sys:ro"));
    }
    if (creates && (call.mentions("cgroup2") || call.mentions("cgroup"))) {
      return Optional.of(
          new Finding(
              "the cgroup filesystem can be mounted only in a cgroup namespace that belongs to the"
                  + " container's own user namespace",
              "--cgroupns private"));
    }
    if (call.syscall() == Syscall.MOUNT_SETATTR || call.call().contains("MS_REMOUNT")) {
      return Optional.of(
          new Finding(
              "the mount has flags (nosuid, nodev, noexec, ro, atime) that a user namespace may"
                  + " not take away",
              "ask for the flags that the source has: -v SOURCE:TARGET:nosuid,nodev,…"));
    }
    return host.identity().isRootless()
        ? Optional.of(
            new Finding(
                "mounting needs CAP_SYS_ADMIN in the user namespace that owns the mount namespace,"
                    + " and few types of filesystem may be mounted outside the first one",
                "run brig as root for this mount"))
        : Optional.of(
            new Finding(
                "something keeps even root from mounting: a seccomp filter or a security module of"
                    + " a container around",
                "docker and podman allow it with --privileged"));
  }

  private Finding coveredProc() {
    String covered = covered("/proc");
    if (covered.isEmpty()) {
      boolean any = false;
      for (MountEntry mount : proc.mounts("self")) {
        any |= mount.type().equals("proc") && mount.root().equals("/");
      }
      return any
          ? new Finding(
              "a new /proc shows the processes of its pid namespace, which has to belong to the"
                  + " container's own user namespace",
              "--pid private, or bind the host's: -v /proc:/proc")
          : new Finding(
              "no whole /proc is mounted on this host, and a user namespace may mount one only"
                  + " where one is seen already",
              "mount -t proc proc /proc as root");
    }
    return new Finding(
        "a new /proc would show what this host's hides, so the kernel refuses it in a user"
            + " namespace"
            + covered,
        "brig runs inside a container that masks /proc: start that one with"
            + " --security-opt unmask=ALL (podman) or systempaths=unconfined (docker), or share its"
            + " processes: --pid host -v /proc:/proc");
  }

  // What is mounted over parts of a filesystem, as the end of a sentence, or the empty string. A
  // mount on a
  // directory that is always empty hides nothing (binfmt_misc, debug, tracing, security, …): the
  // kernel makes
  // them so.
  private String covered(String path) {
    List<String> over = new ArrayList<>();
    for (MountEntry mount : proc.mounts("self")) {
      if (mount.target().startsWith(path + "/") && !isOnEmptyDirectory(mount.target())) {
        over.add(mount.target());
      }
    }
    if (over.isEmpty()) {
      return "";
    }
    int more = over.size() - NAMED_MAX;
    List<String> named = over.subList(0, Math.min(NAMED_MAX, over.size()));
    return ": other mounts cover "
        + String.join(", ", named)
        + (more > 0 ? " and " + more + " more" : "");
  }

  private static boolean isOnEmptyDirectory(String target) {
    return switch (target) {
      case "/proc/sys/fs/binfmt_misc",
          "/sys/kernel/debug",
          "/sys/kernel/tracing",
          "/sys/kernel/security",
          "/sys/kernel/config",
          "/sys/fs/cgroup",
          "/sys/fs/bpf",
          "/sys/fs/pstore",
          "/sys/fs/fuse/connections",
          "/sys/firmware/efi/efivars" ->
          true;
      default -> false;
    };
  }

  private static Finding unknownType(FailedCall call) {
    String type = call.text();
    if (call.syscall() == Syscall.MOUNT && call.subject().texts().size() > 2) {
      type = call.subject().texts().get(2);
    }
    return new Finding(
        "this kernel knows no filesystem \""
            + type
            + "\" (/proc/filesystems lists those that it"
            + " knows)",
        "sudo modprobe " + type + ", if it was built as a module");
  }

  private Optional<Finding> invalid(FailedCall call) {
    if (call.syscall() == Syscall.MOUNT_SETATTR && call.call().contains("MOUNT_ATTR_IDMAP")) {
      return Optional.of(withoutIdMap(call));
    }
    if (call.syscall() == Syscall.PIVOT_ROOT) {
      return Optional.of(pivot());
    }
    if (call.syscall() == Syscall.UMOUNT2) {
      return Optional.of(
          new Finding(call.text() + " is not a mount point, or the mount is locked", ""));
    }
    if (call.syscall() == Syscall.OPEN_TREE || call.call().contains("MS_BIND")) {
      return Optional.of(
          new Finding(
              "the source holds a mount that a user namespace may not copy without what is mounted"
                  + " below it, or that is unbindable",
              "bind it with all that is below: rbind instead of bind"));
    }
    if (call.syscall() == Syscall.MOVE_MOUNT) {
      return Optional.of(
          new Finding(
              "source and target are of different kinds (a file and a directory), or the target is"
                  + " on a shared mount",
              "bind a file to a file and a directory to a directory"));
    }
    return Optional.of(
        new Finding(
            "the kernel does not know an option, or not with this value",
            "its log says which: dmesg | tail"));
  }

  // mount_setattr(2): EINVAL if the filesystem does not support ID-mapped mounts.
  private Finding withoutIdMap(FailedCall call) {
    String where = "it is on a filesystem that";
    for (String text : call.subject().related()) {
      if (text.startsWith("/")) {
        where = text + " is on " + MountEntry.of(text, proc.mounts("self")).type() + ", which";
      }
    }
    return new Finding(
        where + " this kernel can't mount with other user and group ids",
        "keep it on ext4, xfs, btrfs or tmpfs, or leave the container's ids the host's");
  }

  private Finding pivot() {
    for (MountEntry mount : proc.mounts("self")) {
      if (mount.target().equals("/") && mount.type().equals("rootfs")) {
        return new Finding(
            "this host runs from its initramfs, which can't be pivoted away from",
            "switch_root to another root first; or --isolation chroot");
      }
    }
    return new Finding(
        "the new root is not a mount point, or it or its parent is a shared mount", "");
  }

  private Finding tooMany() {
    return new Finding(
        "the mount namespace has as many mounts as it may have (fs.mount-max: "
            + proc.number("sys/fs/mount-max")
            + ", here "
            + proc.mounts("self").size()
            + ")",
        "unmount some, or sudo sysctl fs.mount-max=200000");
  }
}
