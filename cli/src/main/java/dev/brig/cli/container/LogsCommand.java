package dev.brig.cli.container;

import dev.brig.cli.command.Command;
import dev.brig.cli.command.CommonOption;
import dev.brig.cli.command.Context;
import dev.brig.cli.command.ExitCodes;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.cli.value.Durations;
import dev.brig.cli.value.Numbers;
import dev.brig.cli.value.Wrong;
import dev.brig.runtime.container.Container;
import dev.brig.runtime.container.ContainerStore;
import dev.brig.runtime.container.LogOptions;
import dev.brig.runtime.container.LogReader;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;

/// `brig logs`.
public final class LogsCommand implements Command<CommonOption> {
  private final Context context;

  /// Makes the command.
  public LogsCommand(Context context) {
    this.context = context;
  }

  @Override
  public Syntax<CommonOption> syntax() {
    return new Syntax<>(
        "logs",
        "Show what a detached container wrote.",
        List.of(
            CommonOption.FOLLOW, CommonOption.TAIL, CommonOption.TIMESTAMPS, CommonOption.SINCE),
        Operands.exactly(1, "CONTAINER"),
        List.of("", "Standard error of the container is on standard error."));
  }

  @Override
  public int run(Reading.Arguments<CommonOption> arguments) {
    LogOptions options =
        new LogOptions(
            lines(arguments.value(CommonOption.TAIL, "all")),
            since(arguments.value(CommonOption.SINCE, "")),
            arguments.has(CommonOption.TIMESTAMPS)
                ? LogOptions.Timestamps.SHOWN
                : LogOptions.Timestamps.HIDDEN,
            arguments.has(CommonOption.FOLLOW) ? LogOptions.Follow.YES : LogOptions.Follow.NO);
    ContainerStore store = context.containers();
    Container container = store.find(arguments.operands().getFirst());
    new LogReader(context.kernel(), store)
        .read(container, options, new PrintedLog(context.out(), context.err()));
    return ExitCodes.SUCCESS;
  }

  private static long lines(String text) {
    return text.equals("all") ? -1 : Numbers.parse("--tail", text, -1, Long.MAX_VALUE);
  }

  private static LogOptions.Moment since(String text) {
    if (text.isEmpty()) {
      return LogOptions.Moment.EPOCH;
    }
    long nanos = Durations.nanos(text);
    Instant instant = nanos >= 0 ? Instant.now().minusNanos(nanos) : moment(text);
    return new LogOptions.Moment(instant.getEpochSecond(), instant.getNano());
  }

  private static Instant moment(String text) {
    try {
      return text.contains("T")
          ? OffsetDateTime.parse(text).toInstant()
          : Instant.ofEpochSecond(Long.parseLong(text));
    } catch (DateTimeParseException | NumberFormatException e) {
      throw Wrong.value(
          "--since",
          text,
          "not a time; write how long ago (10m, 1h30m), 2026-01-31T12:00:00Z, or seconds since"
              + " 1970");
    }
  }
}
