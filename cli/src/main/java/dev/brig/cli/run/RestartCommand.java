package dev.brig.cli.run;

import dev.brig.cli.command.Command;
import dev.brig.cli.command.CommonOption;
import dev.brig.cli.command.Context;
import dev.brig.cli.command.Each;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.cli.value.Durations;
import dev.brig.runtime.container.Container;
import dev.brig.runtime.container.ContainerException;
import dev.brig.runtime.container.ContainerException.Problem;
import dev.brig.runtime.container.ContainerOption;
import dev.brig.runtime.container.Lifecycle;
import dev.brig.runtime.container.StopPolicy;
import java.util.List;

/// `brig restart`: stops containers as `stop` does, and starts them again in the background.
public final class RestartCommand implements Command<CommonOption> {
  private final Context context;

  /// Makes the command.
  public RestartCommand(Context context) {
    this.context = context;
  }

  @Override
  public Syntax<CommonOption> syntax() {
    return new Syntax<>(
        "restart",
        "Stop containers and start them again, in the background.",
        List.of(CommonOption.TIME),
        Operands.atLeast(1, "CONTAINER..."),
        List.of("", "What is not running is started."));
  }

  @Override
  public int run(Reading.Arguments<CommonOption> arguments) {
    String time = arguments.value(CommonOption.TIME, "");
    int seconds = time.isEmpty() ? 0 : Durations.seconds("--time", time);
    Each.of(
        arguments.operands(),
        reference -> {
          Container container = context.containers().find(reference);
          refuseSelfRemoving(container);
          if (container.status().isAlive()) {
            stop(container, time.isEmpty() ? container.record().stop().timeoutSeconds() : seconds);
          }
        });
    return new StartCommand(context).run(new Reading.Arguments<>(List.of(), arguments.operands()));
  }

  private void stop(Container container, int seconds) {
    Lifecycle lifecycle = context.lifecycle();
    int limit = seconds < 0 ? Integer.MAX_VALUE : seconds;
    var _ = lifecycle.stop(container, new StopPolicy(container.record().stop().signal(), limit));
  }

  private static void refuseSelfRemoving(Container container) {
    if (container.record().has(ContainerOption.RM) && container.status().isAlive()) {
      throw new ContainerException(
          Problem.WRONG_STATE,
          "restart " + container.name(),
          "container " + container.name() + " is removed when it ends: --rm",
          "brig run makes another one");
    }
  }
}
