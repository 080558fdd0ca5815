package dev.brig.cli.compare;

import dev.brig.cli.compare.result.Comparison;
import dev.brig.cli.compare.result.Metric;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.value.Durations;
import dev.brig.cli.value.Numbers;
import dev.brig.cli.value.Wrong;
import dev.brig.error.UsageException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What the command line asks for.
///
/// @param quick whether it should not take long
/// @param rungs the names of the arms, none for all that work
/// @param metrics what to measure, in order
/// @param rounds how many, warm-up not counted
/// @param budgetNanos how long all measurements may take
/// @param seed what chance comes of
/// @param instancesMax up to how many idle instances memory is measured
/// @param delays how much later an arm starts, in nanoseconds
/// @param command the command line that asks for the same again
record Settings(
    boolean quick,
    List<String> rungs,
    List<Metric> metrics,
    int rounds,
    long budgetNanos,
    long seed,
    int instancesMax,
    Map<String, Long> delays,
    String command) {
  /// Rounds that statistics leave out: what is cold in the first is cold once.
  static final int WARMUPS = 2;

  private static final long SECOND_NANOS = 1_000_000_000L;
  private static final long MINUTE_NANOS = 60 * SECOND_NANOS;
  private static final int EMULATED_ROUNDS = 8;
  private static final int EMULATED_INSTANCES = 3;
  private static final long LIMIT_MIN = 10;
  private static final long LIMIT_MAX = 60;

  Settings {
    rungs = List.copyOf(rungs);
    metrics = List.copyOf(metrics);
    delays = Map.copyOf(delays);
  }

  static Settings of(Reading.Arguments<CompareOption> arguments) {
    boolean quick = arguments.has(CompareOption.QUICK);
    boolean full = arguments.has(CompareOption.FULL);
    if (quick && full) {
      throw new UsageException("--full", "is the opposite of --quick", "take one of them");
    }
    String rounds = arguments.value(CompareOption.ROUNDS, quick ? "8" : "30");
    String seed = arguments.value(CompareOption.SEED, "1");
    long budget = MINUTE_NANOS * (quick ? 1 : full ? 15 : 5);
    String wanted = arguments.value(CompareOption.BUDGET, "");
    if (!wanted.isEmpty()) {
      budget = Durations.nanos(wanted);
      if (budget <= 0) {
        throw Wrong.value("--budget", wanted, "not a length of time; write 90s or 5m");
      }
    }
    return new Settings(
        quick,
        names(arguments.value(CompareOption.RUNGS, "")),
        metrics(arguments),
        (int) Numbers.parse("--rounds", rounds, 1, 1000),
        // The end takes a while, too: what runs is ended, and pictures are drawn.
        Math.max(budget / 2, budget - budget / 20 - 2 * SECOND_NANOS),
        Numbers.parse("--seed", seed, 0, Long.MAX_VALUE),
        quick ? 5 : full ? 16 : 8,
        delays(arguments),
        command(arguments));
  }

  private static List<String> names(String list) {
    List<String> names = new ArrayList<>();
    for (String name : list.split(",", -1)) {
      if (!name.isEmpty() && !name.equals("all")) {
        names.add(name);
      }
    }
    return names;
  }

  private static List<Metric> metrics(Reading.Arguments<CompareOption> arguments) {
    Set<Metric> metrics = EnumSet.noneOf(Metric.class);
    for (String name : names(arguments.value(CompareOption.METRICS, ""))) {
      List<Metric> named = Metric.named(name);
      if (named.isEmpty()) {
        throw Wrong.value("--metrics", name, "no such metric; there are " + ids());
      }
      metrics.addAll(named);
    }
    if (metrics.isEmpty()) {
      metrics.addAll(List.of(Metric.values()));
      if (!arguments.has(CompareOption.FULL)) {
        metrics.removeIf(Metric::isThorough);
      }
      if (arguments.has(CompareOption.QUICK)) {
        metrics.remove(Metric.NEIGHBOUR);
      }
    }
    return List.copyOf(metrics);
  }

  private static String ids() {
    List<String> ids = new ArrayList<>();
    for (Metric metric : Metric.values()) {
      ids.add(metric.id());
    }
    return String.join(", ", ids);
  }

  private static Map<String, Long> delays(Reading.Arguments<CompareOption> arguments) {
    Map<String, Long> delays = new HashMap<>();
    for (Reading.Setting<CompareOption> setting : arguments.settings()) {
      if (setting.option() == CompareOption.DELAY) {
        int sign = setting.value().indexOf('=');
        long nanos = sign < 1 ? -1 : Durations.nanos(setting.value().substring(sign + 1));
        if (nanos < 0) {
          throw Wrong.value("--delay", setting.value(), "write NAME=DURATION: container=5ms");
        }
        delays.put(setting.value().substring(0, sign), nanos);
      }
    }
    return delays;
  }

  private static String command(Reading.Arguments<CompareOption> arguments) {
    StringBuilder command = new StringBuilder("brig compare");
    for (Reading.Setting<CompareOption> setting : arguments.settings()) {
      CompareOption option = setting.option();
      if (option != CompareOption.OUTPUT && option != CompareOption.JSON) {
        command.append(' ').append(option.longestName());
        command.append(option.isFlag() ? "" : " " + setting.value());
      }
    }
    if (arguments.value(CompareOption.SEED, "").isEmpty()) {
      command.append(" --seed 1");
    }
    return command.toString();
  }

  /// Refuses names of arms that there are none of.
  void check(List<Rung> known) {
    List<String> ids = new ArrayList<>();
    for (Rung rung : known) {
      ids.add(rung.id());
    }
    for (String name : rungs) {
      require(ids, "--rungs", name);
    }
    for (String name : delays.keySet()) {
      require(ids, "--delay", name);
    }
  }

  /// Returns why an arm that is there is not compared, or the empty string.
  String leavesOut(Rung rung) {
    if (Comparison.isBare(rung.id()) || rungs.stream().anyMatch(name -> isNamed(rung.id(), name))) {
      return "";
    }
    if (!rungs.isEmpty()) {
      return Comparison.NOT_ASKED_FOR;
    }
    return quick && rung.isEmulated() ? "too slow for --quick: emulated; --rungs names it" : "";
  }

  /// Tells whether an arm runs in a round: one that is emulated takes as long as all others
  /// together, and runs in some only, the first included.
  boolean isIn(Rung rung, int round) {
    return !rung.isEmulated() || (round - 1) % Math.max(1, rounds / EMULATED_ROUNDS) == 0;
  }

  /// Returns up to how many idle instances of an arm memory is measured.
  int instancesMax(Rung rung) {
    return rung.isEmulated() ? Math.min(EMULATED_INSTANCES, instancesMax) : instancesMax;
  }

  /// Returns how long a single run may take.
  int limitSeconds() {
    return (int) Math.max(LIMIT_MIN, Math.min(LIMIT_MAX, budgetNanos / 3 / SECOND_NANOS));
  }

  /// Tells whether a name on the command line means an arm: `vm` means `vm:tcg`, too.
  private static boolean isNamed(String id, String name) {
    return id.equals(name) || id.startsWith(name + ":");
  }

  /// Returns how much later an arm starts.
  long delayNanos(Rung rung) {
    long delay = 0;
    for (Map.Entry<String, Long> entry : delays.entrySet()) {
      delay = isNamed(rung.id(), entry.getKey()) ? entry.getValue() : delay;
    }
    return delay;
  }

  private static void require(List<String> ids, String option, String name) {
    if (ids.stream().noneMatch(id -> isNamed(id, name))) {
      throw new UsageException(
          option + " " + name, "no such arm", "there are " + String.join(", ", ids));
    }
  }

  boolean has(Metric metric) {
    return metrics.contains(metric);
  }
}
