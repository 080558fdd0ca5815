package dev.brig.namespaces;

import static dev.brig.namespaces.Abi.MOVE_MOUNT_F_EMPTY_PATH;
import static dev.brig.namespaces.Abi.mode;
import static dev.brig.namespaces.Abi.or;
import static dev.brig.namespaces.Abi.text;
import static dev.brig.namespaces.Abi.value;

import dev.brig.linux.Errno;
import dev.brig.linux.Syscall;
import dev.brig.namespaces.MountRequest.Filling;
import dev.brig.namespaces.MountRequest.Kind;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.PlanBuilder;
import dev.brig.plan.Slot;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;

/// Finds the places of mounts inside the root.
///
/// A filesystem that this plan made itself and that nobody else has filled holds nothing that an
/// image chose, so targets directly inside it (`/dev/pts`, `/proc/kcore`) are named relative to its
/// descriptor; all others go through [TargetPlanner].
final class PlacePlanner {
  private final PlanBuilder plan;
  private final RootfsRequest.Origin origin;
  private final TargetPlanner targets;
  private final Map<String, Slot> fresh = new HashMap<>();
  private boolean hasProc;

  PlacePlanner(PlanBuilder plan, RootfsRequest.Origin origin) {
    this.plan = plan;
    this.origin = origin;
    this.targets = new TargetPlanner(plan);
  }

  /// Returns the descriptors of the filesystems that hold nothing which an image chose, by where
  /// they are; a view.
  Map<String, Slot> fresh() {
    return fresh;
  }

  /// Remembers a new filesystem, if nobody but the kernel has filled it.
  void put(MountRequest.New mount, Slot mounted) {
    if (isOfTheKernels(mount)) {
      fresh.put(mount.target(), mounted);
    }
  }

  /// Tells whether a new filesystem holds nothing but what the kernel put there: links too.
  private static boolean isOfTheKernels(MountRequest.New mount) {
    return switch (mount.type()) {
      case "tmpfs" -> mount.filling() == Filling.EMPTY;
      case "proc", "sysfs", "devpts", "mqueue", "cgroup", "cgroup2" -> true;
      default -> false;
    };
  }

  /// What lies at or below a target is no longer what this plan mounted there before.
  void forget(String target) {
    Iterator<String> paths = fresh.keySet().iterator();
    while (paths.hasNext()) {
      if ((paths.next() + "/").startsWith(target + "/")) {
        paths.remove();
      }
    }
  }

  /// Appends the steps after which a mount can go to a target, and returns where that is.
  Place locate(String target, Kind kind) {
    int slash = target.lastIndexOf('/');
    Slot parent = fresh.get(target.substring(0, slash));
    if (parent != null && kind == Kind.DIRECTORY) {
      String name = target.substring(slash + 1);
      plan.tolerate(Errno.EEXIST, Syscall.MKDIRAT, value(parent), text(name), mode(0755));
      return new Place(parent, name);
    }
    for (String below : new String[] {"/proc", "/sys"}) {
      Slot kernel = fresh.get(below);
      if (kernel != null && target.startsWith(below + "/")) {
        return new Place(kernel, target.substring(below.length() + 1));
      }
    }
    targets.open(target, kind);
    // What every container of brig's own has, its /dev and names of hosts, covers nothing that
    // counts, wherever an image's link leads.
    boolean usual = origin == RootfsRequest.Origin.BRIG && plan.option().isEmpty();
    if (!isProc(target) && hasProc && !usual) {
      targets.refuseProc();
    }
    hasProc |= isProc(target);
    return new Place(TargetPlanner.TARGET, "");
  }

  /// Appends the steps after which a new filesystem can go to its target, and returns where that
  /// is.
  ///
  /// Those by which programs learn about themselves go nowhere but where the configuration says: a
  /// link in their place is an attack (CVE-2019-19921, CVE-2023-27561, CVE-2023-28642).
  Place locate(MountRequest.New mount) {
    boolean plain = mount.type().equals("proc") || mount.type().equals("sysfs");
    if (!plain || fresh.containsKey(mount.target().substring(0, mount.target().lastIndexOf('/')))) {
      return locate(mount.target(), Kind.DIRECTORY);
    }
    targets.open(mount.target(), Kind.DIRECTORY, TargetPlanner.Symlinks.REFUSED);
    hasProc |= isProc(mount.target());
    return new Place(TargetPlanner.TARGET, "");
  }

  private static boolean isProc(String target) {
    return target.equals("/proc") || target.startsWith("/proc/");
  }

  /// Appends the step that opens the place located last, to see what was mounted on it meanwhile.
  void reopen(Slot mounted, Place place) {
    if (place.name().isEmpty()) {
      targets.reopen(mounted);
    } else {
      Num flags = or(Abi.O_RDONLY, Abi.O_CLOEXEC, Abi.O_PATH);
      plan.call(mounted, Syscall.OPENAT, value(place.directory()), text(place.name()), flags);
    }
  }

  /// Appends the step that attaches a mount.
  void attach(Slot mount, Place place) {
    if (!place.name().isEmpty()) {
      plan.call(
          Syscall.MOVE_MOUNT,
          value(mount),
          text(""),
          value(place.directory()),
          text(place.name()),
          MOVE_MOUNT_F_EMPTY_PATH);
      return;
    }
    plan.call(
        Syscall.MOVE_MOUNT,
        value(mount),
        text(""),
        value(place.directory()),
        text(""),
        or(MOVE_MOUNT_F_EMPTY_PATH, Abi.MOVE_MOUNT_T_EMPTY_PATH));
  }
}
