package dev.brig.cli.command;

import dev.brig.error.BrigException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Does something for each of several things that the user named: what fails for one does not keep
/// the others from their turn.
public final class Each {
  private Each() {}

  /// Acts on each thing in order.
  ///
  /// @throws BrigException at the end, if the action failed for some
  public static <T> void of(List<T> things, Consumer<T> action) {
    List<BrigException> failures = new ArrayList<>();
    for (T thing : things) {
      try {
        action.accept(thing);
      } catch (BrigException e) {
        failures.add(e);
      }
    }
    if (failures.size() == 1) {
      throw failures.getFirst();
    }
    if (!failures.isEmpty()) {
      throw new ManyFailures(failures);
    }
  }
}
