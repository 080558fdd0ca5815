package dev.brig.namespaces;

import static dev.brig.namespaces.Abi.AT_EMPTY_PATH;
import static dev.brig.namespaces.Abi.AT_RECURSIVE;
import static dev.brig.namespaces.Abi.ZERO;
import static dev.brig.namespaces.Abi.num;
import static dev.brig.namespaces.Abi.or;
import static dev.brig.namespaces.Abi.text;
import static dev.brig.namespaces.Abi.value;

import dev.brig.linux.Syscall;
import dev.brig.plan.Operand;
import dev.brig.plan.Operand.Field;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.Operand.Struct;
import dev.brig.plan.PlanBuilder;
import dev.brig.plan.Slot;
import java.util.List;

/// Writes the calls that change a mount: one for it and all below it, one for it alone;
/// mount_setattr(2).
public final class ChangePlanner {
  private static final Num IDMAP = new Num(0x100000, "MOUNT_ATTR_IDMAP");
  private static final Num ATTR_SIZE = num(32);

  private final PlanBuilder plan;

  /// Makes a planner that appends to a plan.
  public ChangePlanner(PlanBuilder plan) {
    this.plan = plan;
  }

  /// Appends the calls of a change.
  ///
  /// @param mount the mount's descriptor
  /// @param change what changes of the mount alone
  /// @param below what changes of the mount and of all below it, before
  public void apply(Slot mount, MountChange change, MountChange below) {
    apply(mount, below, or(AT_EMPTY_PATH, AT_RECURSIVE), ZERO);
    apply(mount, change, AT_EMPTY_PATH, ZERO);
  }

  /// Appends the calls of a change that also maps the ids of its files.
  ///
  /// @param mount the mount's descriptor
  /// @param change what changes of the mount alone
  /// @param below what changes of the mount and of all below it, before
  /// @param depth whether the ids of mounts below it are mapped as well
  /// @param userns descriptor of the user namespace by which they are mapped
  public void applyMapping(
      Slot mount, MountChange change, MountChange below, MountRequest.Depth depth, Slot userns) {
    boolean recursive = depth == MountRequest.Depth.RECURSIVE;
    MountChange all = recursive ? below.setting(IDMAP) : below;
    MountChange alone = recursive ? change : change.setting(IDMAP);
    Operand ids = value(userns);
    apply(mount, all, or(AT_EMPTY_PATH, AT_RECURSIVE), recursive ? ids : ZERO);
    apply(mount, alone, AT_EMPTY_PATH, recursive ? ZERO : ids);
  }

  private void apply(Slot mount, MountChange change, Num flags, Operand userns) {
    if (change.isNothing()) {
      return;
    }
    Struct attributes =
        new Struct(
            List.of(
                new Field("attr_set", 8, change.set()),
                new Field("attr_clr", 8, change.cleared()),
                new Field("propagation", 8, change.propagation()),
                new Field("userns_fd", 8, userns)));
    plan.call(Syscall.MOUNT_SETATTR, value(mount), text(""), flags, attributes, ATTR_SIZE);
  }
}
