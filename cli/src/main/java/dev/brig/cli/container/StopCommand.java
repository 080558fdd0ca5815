package dev.brig.cli.container;

import dev.brig.cli.command.Command;
import dev.brig.cli.command.CommonOption;
import dev.brig.cli.command.Context;
import dev.brig.cli.command.ExitCodes;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.cli.value.Durations;
import dev.brig.runtime.container.Lifecycle;
import dev.brig.runtime.container.StopPolicy;
import java.util.List;
import java.util.Optional;

/// `brig stop`.
public final class StopCommand implements Command<CommonOption> {
  private final Context context;

  /// Makes the command.
  public StopCommand(Context context) {
    this.context = context;
  }

  @Override
  public Syntax<CommonOption> syntax() {
    return new Syntax<>(
        "stop",
        "Ask containers to end, and kill those that do not end in time.",
        List.of(CommonOption.EVERY, CommonOption.TIME),
        Operands.atLeast(0, "CONTAINER..."),
        List.of("", "The signal and the time are those that the container was made with."));
  }

  @Override
  public int run(Reading.Arguments<CommonOption> arguments) {
    String time = arguments.value(CommonOption.TIME, "");
    Optional<Integer> seconds =
        time.isEmpty() ? Optional.empty() : Optional.of(Durations.seconds("--time", time));
    Lifecycle lifecycle = context.lifecycle();
    new Targets(context)
        .forEach(
            arguments,
            container -> container.status().isAlive(),
            container -> {
              StopPolicy policy = container.record().stop();
              int limit = seconds.orElse(policy.timeoutSeconds());
              int forever = Integer.MAX_VALUE;
              var _ =
                  lifecycle.stop(
                      container, new StopPolicy(policy.signal(), limit < 0 ? forever : limit));
            });
    return ExitCodes.SUCCESS;
  }
}
