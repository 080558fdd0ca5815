package dev.brig.namespaces;

import static dev.brig.namespaces.Abi.AT_FDCWD;
import static dev.brig.namespaces.Abi.MOVE_MOUNT_F_EMPTY_PATH;
import static dev.brig.namespaces.Abi.MOVE_MOUNT_T_EMPTY_PATH;
import static dev.brig.namespaces.Abi.O_CLOEXEC;
import static dev.brig.namespaces.Abi.O_PATH;
import static dev.brig.namespaces.Abi.O_RDONLY;
import static dev.brig.namespaces.Abi.mode;
import static dev.brig.namespaces.Abi.or;
import static dev.brig.namespaces.Abi.text;
import static dev.brig.namespaces.Abi.value;

import dev.brig.linux.Syscall;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.PlanBuilder;
import dev.brig.plan.Slot;

/// Stacks layers that were handed into a user namespace. Its root may walk no path to brig's files,
/// which are the host's root's alone, so that all happens in a small filesystem of its own over the
/// mount point:
///
/// ```
///   0 1 2 …      the layers, topmost first
///   container    the directory with upper and work
///   root         the overlay
/// ```
///
/// overlayfs takes only layers that are mounted in the caller's own mount namespace.
public final class HandedRootPlanner {
  private static final Slot PLACE = new Slot("placefd");
  private static final Slot STAGE = new Slot("stagefd");
  private static final String DIRECTORY = "container";
  private static final String MERGED = "root";

  private final PlanBuilder plan;

  /// Makes a planner that appends to a plan.
  public HandedRootPlanner(PlanBuilder plan) {
    this.plan = plan;
  }

  /// Appends the step that keeps the mount point open, while this process still has the host's
  /// root's id and can reach it.
  ///
  /// @param mountPoint absolute path of an empty directory on the host
  public void keepMountPoint(String mountPoint) {
    plan.because("keep the way to the mount point", "--userns");
    plan.call(PLACE, Syscall.OPENAT, AT_FDCWD, text(mountPoint), or(O_RDONLY, O_CLOEXEC, O_PATH));
  }

  /// Appends the steps that stack the layers, after which [RootfsPlanner#ROOT] is the root.
  void mount(Rootfs.Handed root) {
    plan.because("make a place for the layers", "--userns");
    FilesystemContext context = new FilesystemContext(plan, "tmpfs");
    context.set("mode", "0755");
    context.mount(STAGE, new Num(4, "MOUNT_ATTR_NODEV"));
    plan.call(
        Syscall.MOVE_MOUNT,
        value(STAGE),
        text(""),
        value(PLACE),
        text(""),
        or(MOVE_MOUNT_F_EMPTY_PATH, MOVE_MOUNT_T_EMPTY_PATH));
    StringBuilder options = new StringBuilder("lowerdir=");
    int number = 0;
    for (HandedMount layer : root.lowers()) {
      String name = Integer.toString(number++);
      place(layer, name);
      options.append(number == 1 ? "" : ":").append(name);
    }
    place(root.directory(), DIRECTORY);
    options.append(",upperdir=").append(DIRECTORY).append("/upper,workdir=").append(DIRECTORY);
    options.append("/work,userxattr");
    if (root.durability() == Rootfs.Durability.VOLATILE) {
      options.append(",volatile");
    }
    plan.because("stack " + number + (number == 1 ? " layer" : " layers") + " with overlayfs");
    plan.call(Syscall.MKDIRAT, value(STAGE), text(MERGED), mode(0755));
    plan.call(Syscall.FCHDIR, value(STAGE));
    plan.call(
        Syscall.MOUNT,
        text("overlay"),
        text(MERGED),
        text("overlay"),
        new Num(4, "MS_NODEV"),
        text(options.toString()));
    plan.call(
        RootfsPlanner.ROOT,
        Syscall.OPENAT,
        AT_FDCWD,
        text(MERGED),
        or(O_RDONLY, O_CLOEXEC, O_PATH));
  }

  private void place(HandedMount mount, String name) {
    plan.because("take in " + mount.path(), mount.option());
    plan.call(Syscall.MKDIRAT, value(STAGE), text(name), mode(0755));
    plan.call(
        Syscall.MOVE_MOUNT,
        value(mount.slot()),
        text(""),
        value(STAGE),
        text(name),
        MOVE_MOUNT_F_EMPTY_PATH);
  }
}
