package dev.brig.diagnose;

import dev.brig.linux.DirectoryEntry;
import dev.brig.linux.Errno;
import dev.brig.linux.Kernel;
import dev.brig.linux.Syscall;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Who holds what is busy: a mount point, a mount, a directory that can't be removed.
final class BusyExamination implements Examination {
  private static final int NAMED_MAX = 5;

  private final Kernel kernel;
  private final ProcFiles proc;

  BusyExamination(Kernel kernel, ProcFiles proc) {
    this.kernel = kernel;
    this.proc = proc;
  }

  @Override
  public Optional<Finding> examine(FailedCall call, Surroundings surroundings) {
    String path = call.text();
    boolean about =
        switch (call.syscall()) {
          case UNLINKAT, RENAMEAT2, UMOUNT2, MOVE_MOUNT, MOUNT -> true;
          default -> false;
        };
    if (call.errno() != Errno.EBUSY || !about || !path.startsWith("/")) {
      return Optional.empty();
    }
    if (call.syscall() != Syscall.UMOUNT2) {
      List<String> holders = mountedIn(path);
      if (!holders.isEmpty()) {
        return Optional.of(
            new Finding(
                path + " is a mount point for " + String.join(", ", holders),
                "it can go once these have ended, or have unmounted it"));
      }
    }
    List<String> users = using(path);
    return users.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Finding(
                path + " is in use by " + String.join(", ", users), "end them, or wait for them"));
  }

  // The processes in whose mount namespace something is mounted at a path, one of each namespace.
  private List<String> mountedIn(String path) {
    List<String> seen = new ArrayList<>();
    List<String> holders = new ArrayList<>();
    for (int process : proc.processes()) {
      String namespace = proc.link(process + "/ns/mnt");
      if (seen.contains(namespace) || holders.size() >= NAMED_MAX) {
        continue;
      }
      seen.add(namespace);
      for (MountEntry mount : proc.mounts(Integer.toString(process))) {
        if (mount.isAtOrBelow(path)) {
          holders.add(proc.describe(process));
          break;
        }
      }
    }
    return holders;
  }

  private List<String> using(String path) {
    List<String> users = new ArrayList<>();
    int self = kernel.processes().pid();
    for (int process : proc.processes()) {
      if (process != self && users.size() < NAMED_MAX && uses(process, path)) {
        users.add(proc.describe(process));
      }
    }
    return users;
  }

  private boolean uses(int process, String path) {
    if (isIn(proc.link(process + "/cwd"), path) || isIn(proc.link(process + "/root"), path)) {
      return true;
    }
    for (DirectoryEntry fd : proc.list(process + "/fd")) {
      if (isIn(proc.link(process + "/fd/" + fd.name()), path)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isIn(String target, String path) {
    return target.equals(path) || target.startsWith(path.equals("/") ? "/." : path + "/");
  }
}
