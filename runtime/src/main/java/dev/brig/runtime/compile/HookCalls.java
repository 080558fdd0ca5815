package dev.brig.runtime.compile;

import dev.brig.namespaces.Abi;
import dev.brig.plan.Operand;
import dev.brig.plan.Operand.Format;
import dev.brig.plan.Slot;
import dev.brig.runtime.spec.Hooks;
import java.util.List;

/// The hooks of a container, and the state that each gets on standard input; runtime.md#state.
///
/// @param hooks the programs
/// @param beforeStatus the text of the state up to its status
/// @param beforePid what stands between the status and the number of the container's process
/// @param afterPid what follows that number
public record HookCalls(Hooks hooks, String beforeStatus, String beforePid, String afterPid) {
  /// A container without hooks.
  public static final HookCalls NONE = new HookCalls(Hooks.NONE, "", "", "");

  /// Tells whether some run outside of the container while it is being made.
  boolean hasOutside() {
    return !hooks.prestart().isEmpty() || !hooks.createRuntime().isEmpty();
  }

  /// Returns the state.
  ///
  /// @param status `creating`, `created`, `running`
  /// @param pid the slot that holds the number of the container's process, as the hook sees it
  Format state(String status, Slot pid) {
    return new Format(
        List.of(
            new Operand.Text(beforeStatus + status + beforePid),
            Abi.value(pid),
            new Operand.Text(afterPid)));
  }
}
