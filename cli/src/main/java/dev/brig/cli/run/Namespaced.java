package dev.brig.cli.run;

import dev.brig.cli.command.CommandException;
import dev.brig.cli.command.Context;
import dev.brig.cli.command.ExitCodes;
import dev.brig.cli.value.Names;
import dev.brig.diagnose.Diagnoser;
import dev.brig.diagnose.FailedCall;
import dev.brig.diagnose.Surroundings;
import dev.brig.diagnose.Surroundings.Credentials;
import dev.brig.error.BrigException;
import dev.brig.error.Failure;
import dev.brig.image.store.ImageStore;
import dev.brig.linux.Identity;
import dev.brig.runtime.container.ContainerId;
import dev.brig.runtime.container.DirectTreeRemover;
import dev.brig.runtime.files.FrozenLayers;
import dev.brig.runtime.launch.FailedStep;
import java.util.List;

/// What brig does for another brig in the caller's own user namespace, and what it says when there
/// can be none.
final class Namespaced {
  private final Context context;

  Namespaced(Context context) {
    this.context = context;
  }

  /// Removes what is left of a container's files, whoever owns them.
  int remove(String id) {
    new DirectTreeRemover(context.kernel())
        .remove(context.paths().of(new ContainerId(id)).directory());
    return ExitCodes.SUCCESS;
  }

  /// Removes what is left of a volume's files, whoever owns them.
  int removeVolume(String name) {
    if (Names.isName(name)) {
      new DirectTreeRemover(context.kernel()).remove(context.paths().volumes().resolve(name));
    }
    return ExitCodes.SUCCESS;
  }

  /// Removes what is left of a frozen layer's files, whoever owns them.
  int removeFrozen(String key) {
    if (Names.isName(key)) {
      new DirectTreeRemover(context.kernel())
          .remove(FrozenLayers.place(context.paths()).resolve(key));
    }
    return ExitCodes.SUCCESS;
  }

  /// Removes what imports that were killed have left in the image store.
  int sweep() {
    try (ImageStore images = context.images()) {
      images.sweep();
    }
    return ExitCodes.SUCCESS;
  }

  /// Unpacks an image, so that another brig finds it ready.
  ///
  /// @param command the command that the other brig carries out
  /// @param reference the image as the user names it
  int unpack(String command, String reference) {
    try (ImageStore images = context.images()) {
      var _ = images.resolve(reference);
      return ExitCodes.SUCCESS;
    } catch (BrigException e) {
      CommandException told = new CommandException(command, e.failure(), ExitCodes.FAILURE);
      for (Throwable further : e.getSuppressed()) {
        told.addSuppressed(further);
      }
      throw told;
    }
  }

  /// Diagnoses a namespace that could not be made, or a command that could not be executed there.
  RuntimeException failed(Aftermath.Report report) {
    FailedStep step = FailedStep.parse(report.step(), report.errno(), report.text());
    Identity identity = context.host().identity();
    Credentials caller =
        new Credentials(identity.euid(), identity.egid(), List.of(), Credentials.Access.OBEYS);
    Surroundings here =
        new Surroundings(
            List.of("/"),
            "",
            List.of(),
            new Surroundings.Command(List.of(name(step)), context.searchPath(), "/"),
            caller);
    FailedCall call = FailedCall.parse(step.step(), step.call(), step.errno());
    Failure failure = new Diagnoser(context.kernel(), context.host()).diagnose(call, here);
    return new CommandException("unshare", failure, step.exitStatus());
  }

  /// Returns the last part of the path that was executed: the command, if it was looked for.
  private static String name(FailedStep step) {
    return step.step().substring(step.step().lastIndexOf('/') + 1);
  }
}
