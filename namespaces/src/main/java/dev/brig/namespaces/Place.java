package dev.brig.namespaces;

import static dev.brig.namespaces.Abi.NULL;
import static dev.brig.namespaces.Abi.text;

import dev.brig.linux.Syscall;
import dev.brig.plan.OnError;
import dev.brig.plan.Operand;
import dev.brig.plan.Operand.Format;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.PlanBuilder;
import dev.brig.plan.Slot;
import java.util.List;

/// Where a mount goes, as a descriptor and a name that no image can change.
///
/// mount(2) takes only a path. Through /proc/self/fd, the host's own, that path means the
/// descriptor, whatever the image has put at the place that it was opened from.
///
/// @param directory a descriptor of the place, or of a directory in a filesystem of this plan's own
/// @param name a path below it without links, or empty for the descriptor itself
record Place(Slot directory, String name) {
  private static final OnError ABORT = new OnError.Abort();

  /// Appends a mount(2) on this place: one call where the new mount API needs four or more.
  void mount(PlanBuilder plan, String source, String type, Num flags, String data) {
    mount(plan, ABORT, source, type, flags, data);
  }

  /// Appends a mount(2) on this place.
  ///
  /// @param onError what an error does
  /// @param source the source, or what stands for it in /proc/self/mountinfo
  /// @param type the filesystem's type, or empty for a bind mount
  /// @param flags `MS_*` flags
  /// @param data the filesystem's parameters, or empty
  void mount(
      PlanBuilder plan, OnError onError, String source, String type, Num flags, String data) {
    Operand below = name.isEmpty() ? text("") : text("/" + name);
    Format path = new Format(List.of(text("/proc/self/fd/"), new Operand.Value(directory), below));
    plan.call(
        new Slot("unused"),
        onError,
        Syscall.MOUNT,
        text(source),
        path,
        type.isEmpty() ? NULL : text(type),
        flags,
        data.isEmpty() ? NULL : text(data));
  }
}
