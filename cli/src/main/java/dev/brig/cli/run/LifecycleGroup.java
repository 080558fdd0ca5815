package dev.brig.cli.run;

import dev.brig.cli.bundle.RunOptions;
import dev.brig.cli.bundle.RunOptions.Switch;
import dev.brig.cli.value.Durations;
import dev.brig.cli.value.Names;
import dev.brig.cli.value.Numbers;
import dev.brig.cli.value.Pairs;
import dev.brig.cli.value.Signals;
import dev.brig.cli.value.Sizes;
import dev.brig.cli.value.Wrong;
import dev.brig.error.UsageException;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// How a container is called, run and ended, and every switch without a value.
final class LifecycleGroup implements OptionGroup {
  private static final int STOP_TIMEOUT_SECONDS = 10;
  private static final long TIMEOUT_SECONDS_MAX = 1_000_000_000;
  // Two chunks of the supervising program, and some more.
  private static final long LOG_BYTES_MIN = 64 << 10;

  private final Set<Switch> switches = EnumSet.noneOf(Switch.class);
  private final Map<String, String> labels = new TreeMap<>();
  private final Map<String, String> annotations = new TreeMap<>();
  private String name = "";
  private String cidFile = "";
  private String pidFile = "";
  private int stopSignal;
  private int stopTimeoutSeconds = STOP_TIMEOUT_SECONDS;
  private int timeoutSeconds;
  private long logBytesMax;

  /// Switches something on.
  void on(Switch wanted) {
    switches.add(wanted);
  }

  /// Switches something off.
  void off(Switch unwanted) {
    switches.remove(unwanted);
  }

  /// Returns what was said.
  RunOptions.Lifecycle options() {
    if (switches.contains(Switch.REPLACE) && name.isEmpty()) {
      throw new UsageException("--replace", "replaces the container of a name", "say --name too");
    }
    return new RunOptions.Lifecycle(
        name,
        switches,
        cidFile,
        pidFile,
        stopSignal,
        stopTimeoutSeconds,
        labels,
        annotations,
        new RunOptions.Bounds(logBytesMax, timeoutSeconds));
  }

  @Override
  public boolean accept(RunOption option, String value) {
    return acceptSwitch(option, value) || acceptValue(option, value);
  }

  private boolean acceptSwitch(RunOption option, String value) {
    return switch (option) {
      case DETACH -> set(Switch.DETACH, value);
      case INTERACTIVE -> set(Switch.INTERACTIVE, value);
      case TTY -> set(Switch.TTY, value);
      case RM -> set(Switch.REMOVE, value);
      case INIT -> set(Switch.INIT, value);
      case TRACE -> set(Switch.TRACE, value);
      case READ_ONLY -> set(Switch.READ_ONLY, value);
      case PRIVILEGED -> set(Switch.PRIVILEGED, value);
      case REPLACE -> set(Switch.REPLACE, value);
      case NO_HOSTS -> set(Switch.NO_HOSTS, value);
      case READ_ONLY_TMPFS ->
          set(Switch.NO_READ_ONLY_TMPFS, value.equals("true") ? "false" : "true");
      default -> false;
    };
  }

  private boolean acceptValue(RunOption option, String value) {
    String spelling = option.longestName();
    switch (option) {
      case NAME -> name = Names.parse(spelling, value);
      case CIDFILE -> cidFile = value;
      case PIDFILE -> pidFile = value;
      case STOP_SIGNAL -> stopSignal = Signals.parse(spelling, value);
      case STOP_TIMEOUT -> stopTimeoutSeconds = Durations.seconds(spelling, value);
      case TIMEOUT -> timeoutSeconds = (int) Numbers.parse(spelling, value, 0, TIMEOUT_SECONDS_MAX);
      case LOG_OPT -> logOption(spelling, value);
      case LABEL -> put(labels, Pairs.parse(spelling, value));
      case LABEL_FILE -> {
        for (String line : TextFile.lines(spelling, value)) {
          if (!line.isBlank() && !line.startsWith("#")) {
            put(labels, Pairs.parse(spelling, line.strip()));
          }
        }
      }
      case ANNOTATION -> put(annotations, Pairs.parseWhole(spelling, value));
      default -> {
        return false;
      }
    }
    return true;
  }

  private void logOption(String option, String text) {
    if (!text.startsWith("max-size=")) {
      throw Wrong.value(option, text, "the only option of the log is max-size=SIZE (10m)");
    }
    logBytesMax = Sizes.parseOrUnlimited(option, text.substring("max-size=".length()));
    if (logBytesMax > 0 && logBytesMax < LOG_BYTES_MIN) {
      throw Wrong.value(option, text, "the log can't be smaller than 64k");
    }
    logBytesMax = Math.max(0, logBytesMax);
  }

  private boolean set(Switch which, String value) {
    if (value.equals("true")) {
      switches.add(which);
    } else {
      switches.remove(which);
    }
    return true;
  }

  private static void put(Map<String, String> map, Map.Entry<String, String> pair) {
    map.put(pair.getKey(), pair.getValue());
  }
}
