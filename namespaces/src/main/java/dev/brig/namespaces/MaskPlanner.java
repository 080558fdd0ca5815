package dev.brig.namespaces;

import static dev.brig.namespaces.Abi.AT_EMPTY_PATH;
import static dev.brig.namespaces.Abi.AT_FDCWD;
import static dev.brig.namespaces.Abi.AT_RECURSIVE;
import static dev.brig.namespaces.Abi.MOVE_MOUNT_F_EMPTY_PATH;
import static dev.brig.namespaces.Abi.MOVE_MOUNT_T_EMPTY_PATH;
import static dev.brig.namespaces.Abi.OPEN_TREE_CLOEXEC;
import static dev.brig.namespaces.Abi.OPEN_TREE_CLONE;
import static dev.brig.namespaces.Abi.ZERO;
import static dev.brig.namespaces.Abi.mountAttr;
import static dev.brig.namespaces.Abi.num;
import static dev.brig.namespaces.Abi.or;
import static dev.brig.namespaces.Abi.text;
import static dev.brig.namespaces.Abi.value;

import dev.brig.linux.Errno;
import dev.brig.linux.Syscall;
import dev.brig.namespaces.MountRequest.Kind;
import dev.brig.plan.Label;
import dev.brig.plan.OnError;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.PlanBuilder;
import dev.brig.plan.Slot;
import java.util.EnumSet;
import java.util.Map;

/// Hides paths and makes paths read-only. A path that the root does not have is left alone, as
/// runtime-spec config-linux.md#masked-paths says.
///
/// A file is hidden below the host's own /dev/null, taken before the root is entered: an image
/// can't put a link in its place (CVE-2025-31133).
final class MaskPlanner {
  private static final Slot MASK = new Slot("maskfd");
  private static final Num RDONLY = new Num(1, "MOUNT_ATTR_RDONLY");

  private static final Num RDONLY_AND_INERT =
      new Num(15, "MOUNT_ATTR_RDONLY|MOUNT_ATTR_NOSUID|MOUNT_ATTR_NODEV|MOUNT_ATTR_NOEXEC");

  private final PlanBuilder plan;
  private final TargetPlanner targets;
  private final Map<String, Slot> fresh;

  MaskPlanner(PlanBuilder plan, Map<String, Slot> fresh) {
    this.plan = plan;
    this.targets = new TargetPlanner(plan);
    this.fresh = fresh;
  }

  void hide(ProtectedPath path) {
    plan.because("hide " + path.path(), path.option());
    Label done = plan.label(path.path() + " is hidden");
    for (String below : new String[] {"/proc", "/sys"}) {
      Slot kernel = fresh.get(below);
      if (kernel != null && path.path().startsWith(below + "/")) {
        Place place = new Place(kernel, path.path().substring(below.length() + 1));
        OnError missing = new OnError.Divert(EnumSet.of(Errno.ENOENT), done);
        switch (path.kind()) {
          case FILE -> place.mount(plan, missing, "/dev/null", "", MountFlags.MS_BIND, "");
          case DIRECTORY ->
              place.mount(plan, missing, "tmpfs", "tmpfs", MountFlags.MS_RDONLY, "nr_inodes=2");
        }
        plan.mark(done);
        return;
      }
    }
    targets.openOrSkip(path.path(), done);
    Label other = plan.label(path.path() + " is of the other kind");
    makeMask(path.kind());
    moveOnto(MASK, new OnError.Divert(EnumSet.of(Errno.ENOTDIR, Errno.EINVAL), other));
    plan.jump(done);
    plan.mark(other);
    makeMask(path.kind() == Kind.FILE ? Kind.DIRECTORY : Kind.FILE);
    moveOnto(MASK, new OnError.Abort());
    plan.mark(done);
  }

  void makeReadonly(ProtectedPath path) {
    plan.because("make " + path.path() + " read-only", path.option());
    Slot own = fresh.get(path.path());
    if (own != null) {
      plan.call(
          Syscall.MOUNT_SETATTR,
          value(own),
          text(""),
          or(AT_EMPTY_PATH, AT_RECURSIVE),
          mountAttr(RDONLY_AND_INERT, ZERO, ZERO),
          num(32));
      return;
    }
    Label done = plan.label(path.path() + " is read-only");
    Num flags = or(OPEN_TREE_CLONE, OPEN_TREE_CLOEXEC, AT_RECURSIVE);
    Slot sys = fresh.get("/sys");
    if (sys != null && path.path().startsWith("/sys/")) {
      String name = path.path().substring("/sys/".length());
      OnError missing = new OnError.Divert(EnumSet.of(Errno.ENOENT), done);
      plan.call(MASK, missing, Syscall.OPEN_TREE, value(sys), text(name), flags);
      setReadonly();
      move(MASK, sys, name);
    } else {
      targets.openOrSkip(path.path(), done);
      Num itself = or(flags, AT_EMPTY_PATH);
      plan.call(MASK, Syscall.OPEN_TREE, value(TargetPlanner.TARGET), text(""), itself);
      setReadonly();
      moveOnto(MASK, new OnError.Abort());
    }
    plan.mark(done);
  }

  private void setReadonly() {
    plan.call(
        Syscall.MOUNT_SETATTR,
        value(MASK),
        text(""),
        or(AT_EMPTY_PATH, AT_RECURSIVE),
        mountAttr(RDONLY, ZERO, ZERO),
        num(32));
  }

  /// Appends the step that attaches a mount at a name directly inside a filesystem of this plan's
  /// own.
  void move(Slot mount, Slot directory, String name) {
    plan.call(
        Syscall.MOVE_MOUNT,
        value(mount),
        text(""),
        value(directory),
        text(name),
        MOVE_MOUNT_F_EMPTY_PATH);
  }

  private void makeMask(Kind kind) {
    if (kind == Kind.FILE) {
      plan.call(
          MASK,
          Syscall.OPEN_TREE,
          AT_FDCWD,
          text("/dev/null"),
          or(OPEN_TREE_CLONE, OPEN_TREE_CLOEXEC));
      return;
    }
    FilesystemContext context = new FilesystemContext(plan, "tmpfs");
    context.set("nr_inodes", "2");
    context.mount(MASK, RDONLY);
  }

  private void moveOnto(Slot mount, OnError onError) {
    plan.call(
        new Slot("unused"),
        onError,
        Syscall.MOVE_MOUNT,
        value(mount),
        text(""),
        value(TargetPlanner.TARGET),
        text(""),
        or(MOVE_MOUNT_F_EMPTY_PATH, MOVE_MOUNT_T_EMPTY_PATH));
  }
}
