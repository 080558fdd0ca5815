package dev.brig.cli;

import dev.brig.cli.command.Context;
import dev.brig.diagnose.Diagnoser;
import dev.brig.diagnose.FailedCall;
import dev.brig.diagnose.Surroundings;
import dev.brig.diagnose.Surroundings.Credentials;
import dev.brig.error.BrigException;
import dev.brig.error.Failure;
import dev.brig.linux.KernelException;
import java.util.List;

/// Looks for the cause of a failed call of brig's own process.
final class FailureExaminer {
  private FailureExaminer() {}

  /// Returns the failure with what was found; as it is if nothing was, or if it says it already.
  ///
  /// @param context what brig was started with
  /// @param thrown any failure
  static Throwable examined(Context context, Throwable thrown) {
    if (!(thrown instanceof KernelException failed) || !failed.failure().finding().isEmpty()) {
      return thrown;
    }
    try {
      return examined(context, failed);
    } catch (BrigException | IllegalArgumentException _) {
      // What can't be looked at is not said; ignored: the failure itself is told in any case.
      return thrown;
    }
  }

  private static KernelException examined(Context context, KernelException failed) {
    Failure told = failed.failure();
    Credentials nobody = new Credentials(0, 0, List.of(), Credentials.Access.OBEYS);
    String state = context.paths().root().toString();
    if (LostOutput.isWrite(told.call())) {
      return failed.explained("write standard output", "", "is there room where it goes?");
    }
    // A write names no path; what brig writes to lies there.
    boolean writes = told.call().startsWith("write(") || told.call().startsWith("pwrite64(");
    String why = writes ? told.step() + " below " + state : told.step();
    FailedCall call = FailedCall.parse(why, told.call(), failed.errno());
    Failure found =
        new Diagnoser(context.kernel(), context.host()).diagnose(call, Surroundings.host(nobody));
    boolean own = writes || told.step().contains(state) || told.call().contains("\"" + state);
    String step = told.step().isEmpty() && own ? "use brig's directory " + state : told.step();
    String hint = told.hint().isEmpty() ? found.hint() : told.hint();
    if (own) {
      String elsewhere = "--root DIR or BRIG_ROOT keeps images and containers elsewhere";
      hint = hint.isEmpty() ? elsewhere : hint + "; " + elsewhere;
    }
    return failed.explained(step, found.finding(), hint);
  }
}
