package dev.brig.cli.oci;

import dev.brig.cgroups.CgroupStats;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Option;
import dev.brig.cli.syntax.OptionText;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.error.UsageException;
import dev.brig.runtime.json.JsonOut;
import dev.brig.runtime.oci.BundleContainer;
import dev.brig.runtime.oci.BundleException;
import dev.brig.runtime.oci.BundleStatus;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;

/// `events`: what a container uses, once or again and again, one JSON object a line.
final class EventsCommand implements OciCommand<EventsCommand.EventsOption> {
  private static final long NANOS = 1000;
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
    Duration interval = interval(arguments.value(EventsOption.INTERVAL, DEFAULT_INTERVAL));
    if (container.status() == BundleStatus.STOPPED) {
      throw new BundleException("container with id " + container.record().id() + " is not running");
    }
    while (container.status() != BundleStatus.STOPPED) {
      context.out().println(stats(container));
      context.out().flush();
      if (arguments.has(EventsOption.STATS) || !pause(interval)) {
        break;
      }
    }
    return 0;
  }

  private static boolean pause(Duration interval) {
    try {
      Thread.sleep(interval);
      return true;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static Duration interval(String text) {
    int unit = 0;
    while (unit < text.length() && text.charAt(unit) >= '0' && text.charAt(unit) <= '9') {
      unit++;
    }
    if (unit > 0 && unit <= 9) {
      long number = Long.parseLong(text.substring(0, unit));
      Duration interval =
          switch (text.substring(unit)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            default -> Duration.ZERO;
          };
      if (interval.isPositive()) {
        return interval;
      }
    }
    throw new UsageException("--interval " + text, "no time", "500ms, 5s or 1m");
  }

  private static String stats(BundleContainer container) {
    CgroupStats stats = container.cgroup().stats();
    StringWriter text = new StringWriter();
    JsonOut out = JsonOut.onOneLine(text);
    out.beginObject();
    out.required("type", "stats");
    out.required("id", container.record().id());
    out.beginObject("data");
    cpu(out, stats.cpu());
    out.beginObject("cpuset");
    out.endObject();
    memory(out, stats.memory());
    out.beginObject("pids");
    known(out, "current", stats.pids().current());
    known(out, "limit", stats.pids().limit());
    out.endObject();
    out.beginObject("blkio");
    out.endObject();
    out.beginObject("hugetlb");
    out.endObject();
    out.beginObject("intel_rdt");
    out.endObject();
    out.beginArray("network_interfaces");
    out.endArray();
    out.endObject();
    out.endObject();
    return text.toString();
  }

  private static void cpu(JsonOut out, CgroupStats.Cpu cpu) {
    out.beginObject("cpu");
    out.beginObject("usage");
    if (cpu.usageMicros() >= 0) {
      out.required("total", cpu.usageMicros() * NANOS);
    }
    out.endObject();
    out.beginObject("throttling");
    known(out, "periods", cpu.periods());
    known(out, "throttledPeriods", cpu.throttledPeriods());
    if (cpu.throttledMicros() >= 0) {
      out.required("throttledTime", cpu.throttledMicros() * NANOS);
    }
    out.endObject();
    out.endObject();
  }

  private static void memory(JsonOut out, CgroupStats.Memory memory) {
    out.beginObject("memory");
    out.beginObject("usage");
    if (memory.limitBytes() != CgroupStats.UNKNOWN) {
      // What Go's runtimes say of no limit: the highest number.
      out.unsigned("limit", memory.limitBytes());
    }
    known(out, "usage", memory.currentBytes());
    known(out, "max", memory.peakBytes());
    out.required("failcnt", 0);
    out.endObject();
    out.endObject();
  }

  private static void known(JsonOut out, String name, long value) {
    if (value >= 0) {
      out.required(name, value);
    }
  }
}
