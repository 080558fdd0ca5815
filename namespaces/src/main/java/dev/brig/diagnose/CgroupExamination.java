package dev.brig.diagnose;

import dev.brig.linux.DirectoryEntry;
import dev.brig.linux.Errno;
import dev.brig.linux.Fd;
import dev.brig.linux.FileType;
import dev.brig.linux.Kernel;
import dev.brig.linux.KernelException;
import dev.brig.linux.OpenFlag;
import dev.brig.linux.Syscall;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Why a cgroup could not be made, set, entered or removed.
///
/// @see <a href="https://docs.kernel.org/admin-guide/cgroup-v2.html">the kernel's description of
///   cgroup v2</a>
final class CgroupExamination implements Examination {
  private static final int LENGTH_MAX = 1 << 20;
  private static final int NAMED_MAX = 5;

  private final Kernel kernel;
  private final ProcFiles proc;

  CgroupExamination(Kernel kernel, ProcFiles proc) {
    this.kernel = kernel;
    this.proc = proc;
  }

  @Override
  public Optional<Finding> examine(FailedCall call, Surroundings surroundings) {
    String path = cgroupPath(call);
    if (path.isEmpty()) {
      return Optional.empty();
    }
    String folder = call.syscall() == Syscall.UNLINKAT ? path : parent(path);
    String file = path.substring(path.lastIndexOf('/') + 1);
    return switch (call.errno()) {
      case EBUSY -> Optional.of(busy(call, folder, file));
      case ENOENT -> missing(call, path, folder, file);
      case EINVAL, ERANGE -> Optional.of(invalid(call, folder, file));
      case ENOSPC -> noSpace(folder, file);
      case EACCES, EPERM, EROFS -> Optional.of(notPermitted(call, folder));
      case EOPNOTSUPP -> Optional.of(domain(folder));
      case ENODEV ->
          Optional.of(
              new Finding(
                  "there is no such block device for " + file + ": " + call.text(),
                  "limits are set on whole disks, not on partitions: lsblk"));
      case ESRCH -> Optional.of(new Finding("the process has ended meanwhile", ""));
      default -> Optional.empty();
    };
  }

  // The first path of the call, or of those before it, that lies on a cgroup filesystem.
  private String cgroupPath(FailedCall call) {
    List<String> texts = new ArrayList<>(call.subject().texts());
    texts.addAll(call.subject().related().reversed());
    List<MountEntry> mounts = proc.mounts("self");
    for (String text : texts) {
      if (text.startsWith("/")) {
        String type = MountEntry.of(text, mounts).type();
        if (type.equals("cgroup") || type.equals("cgroup2")) {
          return text;
        }
      }
    }
    return "";
  }

  private static String parent(String path) {
    return path.substring(0, Math.max(path.lastIndexOf('/'), 1));
  }

  private Finding busy(FailedCall call, String folder, String file) {
    if (call.syscall() == Syscall.UNLINKAT) {
      List<String> children = children(folder);
      String members = members(folder);
      return children.isEmpty()
          ? new Finding(
              "the cgroup "
                  + folder
                  + (members.isEmpty()
                      ? " is still being emptied: a process in it is ending"
                      : " still holds " + members),
              members.isEmpty() ? "" : "end them")
          : new Finding(
              "the cgroup " + folder + " has others below it: " + String.join(", ", children), "");
    }
    if (file.equals("cgroup.subtree_control") || file.equals("cgroup.procs")) {
      String members = members(folder);
      return new Finding(
          "a cgroup v2 holds either processes or controlled cgroups, and "
              + folder
              + (members.isEmpty() ? " would hold both" : " holds " + members),
          "move them into a cgroup below it");
    }
    return new Finding(
        file
            + " of "
            + folder
            + " can't be set while its use is above it, or while it has"
            + " processes or cgroups below it",
        "");
  }

  private Optional<Finding> missing(FailedCall call, String path, String folder, String file) {
    if (!kernel.attributes().exists(folder)) {
      return Optional.of(
          new Finding("there is no cgroup " + folder, "it was removed behind brig's back"));
    }
    String controllers = text(parent(path) + "/cgroup.controllers");
    int dot = file.indexOf('.');
    if (file.equals("cgroup.subtree_control")) {
      return Optional.of(
          new Finding(
              "the controller is not among those that "
                  + folder
                  + " was given: "
                  + list(controllers),
              "it is a v1 controller on this host, or the cgroup above does not pass it on"));
    }
    if (dot <= 0 || call.syscall() == Syscall.UNLINKAT || file.startsWith("cgroup.")) {
      return Optional.empty();
    }
    String controller = file.substring(0, dot);
    return Optional.of(
        controllers.isEmpty()
            ? new Finding(
                "this kernel has no " + file + " in " + folder,
                "the " + controller + " controller was built without it")
            : new Finding(
                "the "
                    + controller
                    + " controller is not enabled in "
                    + folder
                    + ", which has "
                    + list(controllers),
                "it is a v1 controller on this host, or the cgroup above does not pass it on:"
                    + " cgroup.subtree_control"));
  }

  private Finding invalid(FailedCall call, String folder, String file) {
    if (file.startsWith("cpuset.")) {
      String name = file.equals("cpuset.mems") ? "cpuset.mems" : "cpuset.cpus";
      String effective = text(parent(folder) + "/" + name + ".effective");
      String above =
          effective.isEmpty() ? text(parent(folder) + "/" + name).strip() : effective.strip();
      return new Finding(
          "\""
              + call.text()
              + "\" is not within what the cgroup above has: "
              + (above.isEmpty() ? "nothing" : above),
          "choose from these, with --cpuset-cpus or --cpuset-mems");
    }
    return new Finding(
        "the kernel takes no \""
            + call.text()
            + "\" for "
            + file
            + ", which is "
            + present(folder + "/" + file),
        "");
  }

  private Optional<Finding> noSpace(String folder, String file) {
    boolean entering = file.equals("cgroup.procs") || file.equals("tasks");
    String cpus = text(folder + "/cpuset.cpus").strip();
    String memory = text(folder + "/cpuset.mems").strip();
    if (entering && (cpus.isEmpty() || memory.isEmpty())) {
      return Optional.of(
          new Finding(
              "the cpuset "
                  + folder
                  + " has no "
                  + (cpus.isEmpty() ? "processors" : "memory")
                  + " yet, so no process can be in it",
              "a v1 cpuset needs cpuset.cpus and cpuset.mems first"));
    }
    return Optional.of(
        new Finding(
            "there are as many cgroups as "
                + folder
                + " may have (cgroup.max.descendants,"
                + " cgroup.max.depth), or as the kernel can number",
            ""));
  }

  private Finding notPermitted(FailedCall call, String folder) {
    MountEntry mount = MountEntry.of(folder, proc.mounts("self"));
    if (call.errno() == Errno.EROFS || mount.has("ro")) {
      return new Finding(
          "the cgroup filesystem " + mount.target() + " is mounted read-only",
          "brig runs inside a container without a cgroup of its own: start that one with"
              + " --cgroupns=private and a writable /sys/fs/cgroup");
    }
    return new Finding(
        "the cgroup " + folder + " was not delegated to the caller",
        "run brig with a delegated one: systemd-run --user --scope -p Delegate=yes brig …, or as"
            + " root");
  }

  private Finding domain(String folder) {
    return new Finding(
        "the cgroup "
            + folder
            + " is "
            + present(folder + "/cgroup.type")
            + ", and can't hold whole processes",
        "a threaded cgroup above or beside it makes it so: cgroup.type");
  }

  private List<String> children(String folder) {
    List<String> names = new ArrayList<>();
    try (Fd open = kernel.files().openat(Fd.CWD, folder, OpenFlag.O_RDONLY, OpenFlag.O_DIRECTORY)) {
      for (DirectoryEntry entry : kernel.tree().list(open)) {
        if (entry.type() == FileType.DIRECTORY && names.size() < NAMED_MAX) {
          names.add(entry.name());
        }
      }
    }
    return names;
  }

  private String members(String folder) {
    List<String> named = new ArrayList<>();
    String[] numbers = text(folder + "/cgroup.procs").split("\n", -1);
    for (String number : numbers) {
      if (!number.isEmpty() && named.size() < NAMED_MAX) {
        named.add(proc.describe(Integer.parseInt(number)));
      }
    }
    return String.join(", ", named);
  }

  private static String list(String controllers) {
    return controllers.isBlank() ? "none" : controllers.strip();
  }

  private String present(String path) {
    String text = text(path).strip();
    return text.isEmpty() ? "unreadable" : "\"" + text + "\" now";
  }

  private String text(String path) {
    try {
      Optional<byte[]> bytes = kernel.files().readIfPresent(Fd.CWD, path, LENGTH_MAX);
      return bytes.isEmpty() ? "" : new String(bytes.get(), StandardCharsets.UTF_8);
    } catch (KernelException _) {
      // Not readable is as good as absent; ignored: the sentence goes without it.
      return "";
    }
  }
}
