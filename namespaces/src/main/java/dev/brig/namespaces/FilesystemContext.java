package dev.brig.namespaces;

import static dev.brig.namespaces.Abi.FSCONFIG_CMD_CREATE;
import static dev.brig.namespaces.Abi.FSCONFIG_SET_FLAG;
import static dev.brig.namespaces.Abi.FSCONFIG_SET_STRING;
import static dev.brig.namespaces.Abi.FSMOUNT_CLOEXEC;
import static dev.brig.namespaces.Abi.FSOPEN_CLOEXEC;
import static dev.brig.namespaces.Abi.NULL;
import static dev.brig.namespaces.Abi.ZERO;
import static dev.brig.namespaces.Abi.text;
import static dev.brig.namespaces.Abi.value;

import dev.brig.linux.Syscall;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.PlanBuilder;
import dev.brig.plan.Slot;

/// Writes the calls that make a mount with the new mount API: fsopen(2), fsconfig(2), fsmount(2).
///
/// The context's descriptor is left to execve(2) to close: a call less for each mount.
final class FilesystemContext {
  private static final Slot CONTEXT = new Slot("fsfd");

  private final PlanBuilder plan;

  FilesystemContext(PlanBuilder plan, String type) {
    this.plan = plan;
    plan.call(CONTEXT, Syscall.FSOPEN, text(type), FSOPEN_CLOEXEC);
  }

  void set(String key, String value) {
    plan.call(Syscall.FSCONFIG, value(CONTEXT), FSCONFIG_SET_STRING, text(key), text(value), ZERO);
  }

  void set(String key) {
    plan.call(Syscall.FSCONFIG, value(CONTEXT), FSCONFIG_SET_FLAG, text(key), NULL, ZERO);
  }

  /// Makes the mount, attached nowhere yet.
  void mount(Slot mount, Num attributes) {
    plan.call(Syscall.FSCONFIG, value(CONTEXT), FSCONFIG_CMD_CREATE, NULL, NULL, ZERO);
    plan.call(mount, Syscall.FSMOUNT, value(CONTEXT), FSMOUNT_CLOEXEC, attributes);
  }
}
