package dev.brig.cli.oci;

import dev.brig.cli.command.CommandException;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.error.UsageException;
import dev.brig.runtime.launch.FailedStep.StepException;
import dev.brig.runtime.oci.BundleContainer;
import dev.brig.runtime.spec.Process;
import java.util.List;
import java.util.Optional;

/// `internal`: what the program of a container calls when its end needs thought. Not for people.
///
/// ```
///   ended ID STATUS                    the container of `run` has ended
///   failed ID STEP ERRNO TEXT          a step failed before the command ran
///   exec-failed ID STEP ERRNO TEXT     the same of a process that joined
///   notify ID                          beside the program of `run`: tell the caller when it is ready
/// ```
final class InternalCommand implements OciCommand<SharedOption> {
  private static final int FAILURE = 1;
  private static final int EXEC_FAILURE = 255;

  private final OciContext context;

  InternalCommand(OciContext context) {
    this.context = context;
  }

  @Override
  public Syntax<SharedOption> syntax() {
    return new Syntax<>(
        "brig-oci internal",
        "Called by the programs of containers.",
        List.of(),
        Operands.lastFrom(2, "WHAT ID ARG..."),
        List.of());
  }

  @Override
  public int run(Reading.Arguments<SharedOption> arguments) {
    List<String> words = arguments.operands();
    return switch (words.getFirst()) {
      case "ended" -> {
        remove(words.get(1));
        yield number(words.get(2));
      }
      case "failed" -> {
        String name = commandName(words.get(1));
        remove(words.get(1));
        throw failure(words, name, FAILURE);
      }
      case "exec-failed" -> throw failure(words, words.get(5), EXEC_FAILURE);
      case "notify" -> new NotifiedCreation(context, words.get(1)).tell();
      default ->
          throw new UsageException(
              "internal", "is called by the programs of containers only", "brig-oci --help");
    };
  }

  private void remove(String id) {
    Optional<BundleContainer> container = context.store().find(id);
    if (container.isPresent()) {
      new Destroyer(context).destroy(container.get());
    } else {
      context.store().remove(id);
    }
  }

  private String commandName(String id) {
    Optional<BundleContainer> container = context.store().find(id);
    Process process = container.isEmpty() ? null : container.get().spec().process();
    return process == null ? "/" : process.args().getFirst();
  }

  private static CommandException failure(List<String> words, String name, int status) {
    StepException failed =
        OciFailures.ofCommand(name, number(words.get(2)), number(words.get(3)), words.get(4));
    return new CommandException("", failed.failure(), status);
  }

  private static int number(String text) {
    return Integer.parseInt(text);
  }
}
