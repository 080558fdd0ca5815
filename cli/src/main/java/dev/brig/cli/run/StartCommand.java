package dev.brig.cli.run;

import dev.brig.cli.command.Command;
import dev.brig.cli.command.CommonOption;
import dev.brig.cli.command.Context;
import dev.brig.cli.command.ExitCodes;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.error.UsageException;
import dev.brig.plan.Plan;
import dev.brig.runtime.container.Container;
import dev.brig.runtime.container.ContainerException;
import dev.brig.runtime.container.ContainerException.Problem;
import dev.brig.runtime.container.ContainerOption;
import dev.brig.runtime.container.ContainerPaths;
import dev.brig.runtime.container.ContainerRecord;
import dev.brig.runtime.container.ContainerStatus;
import dev.brig.runtime.container.ContainerStore;
import dev.brig.runtime.container.LockedContainer;
import dev.brig.runtime.spec.Spec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// `brig start`: runs a container that is on record, a new one or one that has ended.
public final class StartCommand implements Command<CommonOption> {
  private final Context context;

  /// Makes the command.
  public StartCommand(Context context) {
    this.context = context;
  }

  @Override
  public Syntax<CommonOption> syntax() {
    return new Syntax<>(
        "start",
        "Start containers that are not running.",
        List.of(CommonOption.ATTACH, CommonOption.INTERACTIVE, CommonOption.TRACE),
        Operands.atLeast(1, "CONTAINER..."),
        List.of(
            "",
            "Without --attach or --interactive the container runs in the background and writes a",
            "log.",
            "",
            "Example:",
            "  brig start -a $(brig create host date)"));
  }

  @Override
  public int run(Reading.Arguments<CommonOption> arguments) {
    if (arguments.has(CommonOption.TRACE) && !isAttached(arguments)) {
      throw Preparation.backgroundTrace();
    }
    if (arguments.operands().size() > 1) {
      return startEach(arguments);
    }
    Container found = context.containers().find(arguments.operands().getFirst());
    try (LockedContainer container = context.containers().lock(found, "start")) {
      throw become(context, container, context.containers().spec(found.id()), arguments);
    }
  }

  /// Starts a container that is on record. Returns only by an exception.
  ///
  /// @param spec its configuration, for this start
  /// @param arguments what the caller wants of its streams, and by what name the container is
  ///   called
  static RuntimeException become(
      Context context,
      LockedContainer container,
      Spec spec,
      Reading.Arguments<CommonOption> arguments) {
    ContainerStarter starter = new ContainerStarter(context);
    ContainerStarter.Start again = starter.again(container.record(), container.paths(), spec);
    // Others than when it was made, if the caller may make other cgroups now.
    container.update(
        adapted(container.record(), arguments).toBuilder()
            .cgroups(again.cgroups().removals())
            .limits(Preparation.limits(again.cgroups()))
            .build());
    ContainerStarter.Start start =
        new ContainerStarter.Start(
            spec,
            again.cgroups(),
            again.filter(),
            again.origins(),
            again.onFailure(),
            arguments.has(CommonOption.TRACE)
                ? ContainerStarter.Tracing.ON
                : ContainerStarter.Tracing.OFF,
            arguments.operands().getFirst());
    return starter.become(container, start);
  }

  /// Starts several: this process becomes the program of one at most, so that each gets a brig of
  /// its own.
  private int startEach(Reading.Arguments<CommonOption> arguments) {
    if (isAttached(arguments)) {
      throw new UsageException(
          "--attach", "only one container can have the caller's streams", "name one");
    }
    int status = ExitCodes.SUCCESS;
    for (String reference : arguments.operands()) {
      List<String> words = new ArrayList<>(context.self());
      words.addAll(List.of("start", reference));
      int ended = wait(words);
      status = ended == 0 ? status : ended;
    }
    return status;
  }

  private static int wait(List<String> words) {
    try {
      return new ProcessBuilder(words).inheritIO().start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException("start " + words, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return ExitCodes.FAILURE;
    }
  }

  /// Returns the plan of the start; nothing is changed.
  Plan plan(Reading.Arguments<CommonOption> arguments) {
    ContainerStore store = context.containersAsTheyAre();
    Container found = store.find(arguments.operands().getFirst());
    if (found.status() == ContainerStatus.RUNNING || found.status() == ContainerStatus.PAUSED) {
      throw new ContainerException(
          Problem.WRONG_STATE,
          "explain start " + found.name(),
          "container " + found.name() + " is " + found.status().text(),
          "brig explain exec " + found.name() + " COMMAND shows what a further command would do");
    }
    ContainerStarter starter = new ContainerStarter(context);
    ContainerPaths paths = context.paths().of(found.id());
    ContainerStarter.Start again = starter.again(found.record(), paths, store.spec(found.id()));
    return starter.plan(adapted(found.record(), arguments), paths, again);
  }

  /// Tells whether the caller's streams are the container's: input that is passed on has to come
  /// from somebody who waits, so that `-i` alone means both.
  private static boolean isAttached(Reading.Arguments<CommonOption> arguments) {
    return arguments.has(CommonOption.ATTACH) || arguments.has(CommonOption.INTERACTIVE);
  }

  /// Returns the record with the streams of this start, which may be others than those of the last.
  private static ContainerRecord adapted(
      ContainerRecord record, Reading.Arguments<CommonOption> arguments) {
    Set<ContainerOption> options = EnumSet.noneOf(ContainerOption.class);
    options.addAll(record.options());
    options.remove(ContainerOption.INPUT);
    if (isAttached(arguments)) {
      options.remove(ContainerOption.DETACH);
      if (arguments.has(CommonOption.INTERACTIVE)) {
        options.add(ContainerOption.INPUT);
      }
    } else {
      options.add(ContainerOption.DETACH);
    }
    return record.toBuilder().options(options).build();
  }
}
