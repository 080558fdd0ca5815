package dev.brig.cli.oci;

import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Option;
import dev.brig.cli.syntax.OptionText;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.runtime.container.InitProcess;
import dev.brig.runtime.json.JsonOut;
import dev.brig.runtime.oci.BundleContainer;
import dev.brig.runtime.oci.BundleException;
import dev.brig.runtime.oci.BundleStatus;
import dev.brig.runtime.oci.OomWatch;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// `events`: what a container uses, once or again and again, one JSON object a line.
final class EventsCommand implements OciCommand<EventsCommand.EventsOption> {
  private static final String DEFAULT_INTERVAL = "5s";

  private final OciContext context;

  /// The options of `events`.
  enum EventsOption implements Option {
    STATS("--stats", "", "show it once and end"),
    INTERVAL("--interval", "TIME", "how often it is shown: 500ms, 5s, 1m");

    private final OptionText text;

    EventsOption(String names, String label, String description) {
      this.text = OptionText.plain(names, label, description);
    }

    @Override
    public OptionText text() {
      return text;
    }
  }

  EventsCommand(OciContext context) {
    this.context = context;
  }

  @Override
  public Syntax<EventsOption> syntax() {
    return new Syntax<>(
        "brig-oci events",
        "Show what a container uses.",
        List.of(EventsOption.values()),
        Operands.exactly(1, "ID"),
        List.of());
  }

  @Override
  public int run(Reading.Arguments<EventsOption> arguments) {
    BundleContainer container = context.store().container(arguments.operands().getFirst());
    Duration interval =
        GoDuration.parse("--interval", arguments.value(EventsOption.INTERVAL, DEFAULT_INTERVAL));
    if (container.status() == BundleStatus.STOPPED) {
      throw new BundleException("container with id " + container.record().id() + " is not running");
    }
    if (arguments.has(EventsOption.STATS)) {
      say(EventStats.of(container));
      return 0;
    }
    follow(container, interval);
    return 0;
  }

  /// Shows what the container uses at each interval, and when it runs out of memory, until it ends.
  private void follow(BundleContainer container, Duration interval) {
    Optional<InitProcess> init = container.init();
    if (init.isEmpty()) {
      return;
    }
    try (InitProcess process = init.get();
        OomWatch watch = OomWatch.of(context.kernel(), container)) {
      long next = System.nanoTime();
      while (true) {
        long rest = next - System.nanoTime();
        if (rest <= 0) {
          say(EventStats.of(container));
          next = System.nanoTime() + interval.toNanos();
          continue;
        }
        switch (watch.await(process.pidfd(), Duration.ofNanos(rest))) {
          case ENDED -> {
            return;
          }
          case OUT_OF_MEMORY -> sayOutOfMemory(container.record().id());
          case NONE -> {}
        }
      }
    }
  }

  private void sayOutOfMemory(String id) {
    StringWriter text = new StringWriter();
    JsonOut out = JsonOut.onOneLine(text);
    out.beginObject();
    out.required("type", "oom");
    out.required("id", id);
    out.endObject();
    say(text.toString());
  }

  private void say(String line) {
    context.out().println(line);
    context.out().flush();
  }
}
