package dev.brig.cli.compare;

import dev.brig.cli.command.Context;
import dev.brig.cli.compare.result.Comparison;
import dev.brig.cli.compare.result.Comparison.Arm;
import dev.brig.cli.compare.result.Comparison.Point;
import dev.brig.cli.compare.result.Comparison.Sample;
import dev.brig.cli.compare.result.ComparisonWriter;
import dev.brig.cli.compare.result.Metric;
import dev.brig.cli.compare.statistics.Draws;
import dev.brig.cli.compare.statistics.Order;
import dev.brig.error.BrigException;
import dev.brig.error.UsageException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/// A comparison as it goes: each arm is tried, then memory, then rounds in which every arm runs
/// once in an order of the round's own, then neighbours.
final class Session {
  private static final int MEMORY_SHARE = 3;
  private static final int NEIGHBOUR_ROUNDS = 7;
  private static final double NEIGHBOUR_SHARE = 0.25;

  private final Context context;
  private final Settings settings;
  private final Bench bench;
  private final Runner runner;
  private final Progress progress;
  private final long begin = System.nanoTime();

  private final List<Rung> running = new ArrayList<>();
  private final Map<String, String> reasons = new HashMap<>();
  private final Map<String, Map<String, String>> facts = new HashMap<>();
  private final Map<String, Long> fileSystems = new HashMap<>();
  private final List<Sample> samples = new ArrayList<>();
  private final List<Point> points = new ArrayList<>();
  private boolean imported;
  private final List<Double> clocks = new ArrayList<>();

  Session(Context context, Settings settings, Bench bench, Runner runner) {
    this.context = context;
    this.settings = settings;
    this.bench = bench;
    this.runner = runner;
    this.progress = new Progress(context);
  }

  /// Tries which arms work.
  void tryAll(List<Rung> rungs) {
    for (Rung rung : rungs) {
      progress.say("trying " + rung.id());
      String reason = settings.leavesOut(rung);
      if (reason.isEmpty()) {
        reason = rung.reason().isEmpty() ? trial(rung) : rung.reason();
      }
      if (reason.isEmpty()) {
        running.add(rung);
      } else if (Comparison.isBare(rung.id())) {
        throw new UsageException(
            rung.id() + " process", reason, "all else is held against it; is brig's root noexec?");
      } else {
        reasons.put(rung.id(), reason);
      }
    }
    progress.end();
  }

  private String trial(Rung rung) {
    try {
      if (rung.hasImage()) {
        prepareImage();
      }
      Run run = runner.run(rung, "hdz");
      fileSystems.put(rung.id(), run.number('d'));
      return run.failure();
    } catch (BrigException e) {
      return e.failure().finding();
    }
  }

  private void prepareImage() {
    if (imported) {
      return;
    }
    imported = true;
    runner.call(Rungs.making(context, bench));
  }

  /// Returns which arms don't run, and why.
  Map<String, String> reasons() {
    return reasons;
  }

  /// Compares.
  Comparison compare(List<Rung> rungs, String version) {
    String started = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    double pressure = MachineFacts.pressurePercent();
    MachineFacts.Ticks ticks = MachineFacts.ticks();
    Map<String, String> environment = MachineFacts.facts();
    environment.put("spawn", "posix_spawn through jspawnhelper, the same for every arm");
    instances();
    rounds();
    if (settings.has(Metric.NEIGHBOUR)) {
      neighbours();
    }
    progress.end();
    List<Arm> arms = new ArrayList<>();
    for (Rung rung : rungs) {
      arms.add(arm(rung));
    }
    double[] clock = clocks.stream().mapToDouble(Double::doubleValue).toArray();
    Comparison.Machine machine =
        new Comparison.Machine(
            ComparisonWriter.rounded(pressure),
            ComparisonWriter.rounded(MachineFacts.ticks().stolenPercentSince(ticks)),
            clock.length == 0 ? 0 : ComparisonWriter.rounded(100 * Order.median(clock)));
    return new Comparison(
        version,
        settings.command(),
        settings.seed(),
        started,
        environment,
        arms,
        settings.metrics(),
        samples,
        points,
        machine,
        bench.sha256());
  }

  private Arm arm(Rung rung) {
    String reason = reasons.getOrDefault(rung.id(), "");
    List<String> recipe = List.of();
    if (rung.reason().isEmpty()) {
      recipe = recipe(rung, bench);
    }
    Map<String, String> known = new LinkedHashMap<>(facts.getOrDefault(rung.id(), Map.of()));
    if (reason.isEmpty()) {
      known.put("file system", MachineFacts.fileSystem(fileSystems.getOrDefault(rung.id(), 0L)));
    }
    return new Arm(rung.id(), rung.label(), recipe, reason, rung.caveat(), known);
  }

  /// Returns the words of an arm's command as people should see them.
  static List<String> recipe(Rung rung, Bench bench) {
    List<String> words = new ArrayList<>();
    for (String word : rung.command("LETTERS", 0)) {
      words.add(word.replace(bench.path().toString(), "BENCH"));
    }
    return words;
  }

  private long elapsed() {
    return System.nanoTime() - begin;
  }

  private void instances() {
    Instances instances = new Instances(runner);
    int count = settings.has(Metric.MEMORY) ? settings.instancesMax() : 1;
    for (Rung rung : List.copyOf(running)) {
      long left = settings.budgetNanos() / MEMORY_SHARE - elapsed();
      progress.say("memory of " + rung.id());
      try {
        Instances.Found found = instances.look(rung, count, left);
        facts.put(rung.id(), found.facts());
        if (settings.has(Metric.MEMORY)) {
          points.addAll(found.points());
        }
      } catch (BrigException e) {
        drop(rung, e);
      }
    }
  }

  private void drop(Rung rung, BrigException e) {
    running.remove(rung);
    reasons.put(rung.id(), e.failure().finding());
  }

  private String letters(Rung rung) {
    StringBuilder letters = new StringBuilder("h");
    for (Metric metric : settings.metrics()) {
      if (metric.isProbes() && isComparable(rung, metric)) {
        letters.append(metric.letter());
      }
    }
    return letters.append("dz").toString();
  }

  private void rounds() {
    int all = settings.rounds() + Settings.WARMUPS;
    long budget = settings.budgetNanos();
    if (settings.has(Metric.NEIGHBOUR)) {
      budget -= (long) (budget * NEIGHBOUR_SHARE);
    }
    long longest = 0;
    for (int round = 1; round <= all; round++) {
      boolean enough = round > Settings.WARMUPS + 1 && elapsed() + longest > budget;
      if (enough) {
        break;
      }
      long left = Math.min(longest * (all - round + 1), Math.max(0, budget - elapsed()));
      progress.say("round", round - 1, all, left);
      long start = elapsed();
      List<Rung> block = List.copyOf(running);
      for (int place : Draws.order(settings.seed(), round, block.size())) {
        measure(block.get(place), round);
      }
      longest = Math.max(longest, elapsed() - start);
    }
  }

  private void measure(Rung rung, int round) {
    try {
      Run run = runner.run(rung, letters(rung));
      boolean warmup = round <= Settings.WARMUPS;
      for (Metric metric : settings.metrics()) {
        OptionalDouble value = run.value(metric);
        if (value.isPresent()) {
          sample(rung, metric, round, warmup, value.getAsDouble());
        }
      }
      run.clockDifference().ifPresent(clocks::add);
    } catch (BrigException e) {
      drop(rung, e);
    }
  }

  /// Tells whether a metric means the same as in the reference: two file systems don't compare.
  private boolean isComparable(Rung rung, Metric metric) {
    if (rung.without().contains(metric)) {
      return false;
    }
    boolean onFiles = metric == Metric.WRITE || metric == Metric.CREATE;
    Long here = fileSystems.get(rung.id());
    return !onFiles || (here != null && here.equals(fileSystems.get(Comparison.REFERENCE)));
  }

  private void sample(Rung rung, Metric metric, int round, boolean warmup, double value) {
    samples.add(new Sample(rung.id(), metric, round, warmup, ComparisonWriter.rounded(value)));
  }

  /// Twice as many busy instances as processors, and one more that is measured: how much slower is
  /// it than alone, in the same round?
  private void neighbours() {
    int count = 2 * Runtime.getRuntime().availableProcessors();
    long longest = 0;
    for (int round = 1; round <= NEIGHBOUR_ROUNDS; round++) {
      if (round > 1 && elapsed() + longest > settings.budgetNanos()) {
        break;
      }
      progress.say("neighbours, round", round - 1, NEIGHBOUR_ROUNDS, longest);
      long start = elapsed();
      List<Rung> block = new ArrayList<>(running);
      block.removeIf(rung -> rung.without().contains(Metric.NEIGHBOUR));
      for (int place : Draws.order(settings.seed(), -round, block.size())) {
        neighbours(block.get(place), count, round);
      }
      longest = Math.max(longest, elapsed() - start);
    }
  }

  private void neighbours(Rung rung, int count, int round) {
    char letter = Metric.NEIGHBOUR.letter();
    List<Process> busy = new ArrayList<>();
    try {
      // Who is preempted is so between most batches: their median would not know of it.
      OptionalDouble alone = runner.run(rung, "h" + letter).spanNanos(letter);
      for (int i = 0; i < count; i++) {
        busy.add(runner.start(rung, "k"));
      }
      OptionalDouble beside = runner.run(rung, "h" + letter).spanNanos(letter);
      if (alone.isPresent() && beside.isPresent()) {
        double ratio = beside.getAsDouble() / alone.getAsDouble();
        sample(rung, Metric.NEIGHBOUR, round, round == 1, ratio);
      }
    } catch (BrigException e) {
      drop(rung, e);
    } finally {
      runner.stop(busy);
    }
  }
}
