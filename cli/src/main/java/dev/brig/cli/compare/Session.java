package dev.brig.cli.compare;

import dev.brig.cli.command.Context;
import dev.brig.cli.compare.result.Comparison;
import dev.brig.cli.compare.result.Comparison.Arm;
import dev.brig.cli.compare.result.Comparison.Point;
import dev.brig.cli.compare.result.Comparison.Sample;
import dev.brig.cli.compare.result.Comparison.Stage;
import dev.brig.cli.compare.result.ComparisonWriter;
import dev.brig.cli.compare.result.Metric;
import dev.brig.cli.compare.result.Stages;
import dev.brig.cli.compare.statistics.Draws;
import dev.brig.cli.compare.statistics.Order;
import dev.brig.error.BrigException;
import dev.brig.error.UsageException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/// A comparison as it goes: each arm is tried, then memory, then rounds in which every arm runs
/// once in an order of the round's own, then neighbours.
final class Session {
  private static final int MEMORY_SHARE = 3;
  private static final double NEIGHBOUR_SHARE = 0.25;
  private static final int CROWD_ROUNDS = 7;
  private static final double RATE_SHARE = 0.3;
  private static final int ROUNDS_MIN = 2;

  private final Context context;
  private final Settings settings;
  private final Bench bench;
  private final Runner runner;
  private final Progress progress;
  private final Crowd crowd;
  private final long begin;

  private final List<Rung> running = new ArrayList<>();
  private final Map<String, String> reasons = new HashMap<>();
  private final Map<String, Map<String, String>> facts = new HashMap<>();
  private final Map<String, Long> fileSystems = new HashMap<>();
  private final List<Sample> samples = new ArrayList<>();
  private final List<Point> points = new ArrayList<>();
  private boolean imported;
  private final Map<String, List<Double>> clocks = new HashMap<>();
  private final Map<String, Long> costs = new HashMap<>();
  private final Map<String, List<List<Stage>>> traces = new LinkedHashMap<>();

  /// @param begin when the command started, by [System#nanoTime]
  Session(Context context, Settings settings, Bench bench, Runner runner, long begin) {
    this.begin = begin;
    this.context = context;
    this.settings = settings;
    this.bench = bench;
    this.runner = runner;
    this.crowd = new Crowd(runner);
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
    environment.put("rounds", enough(rounds()));
    if (settings.has(Metric.NEIGHBOUR)) {
      neighbours();
    }
    if (settings.metrics().stream().anyMatch(metric -> metric.concurrency() > 0)) {
      rates();
    }
    progress.end();
    List<Arm> arms = new ArrayList<>();
    double clockPercent = 0;
    for (Rung rung : rungs) {
      arms.add(arm(rung));
      clockPercent = Math.max(clockPercent, clockPercent(rung).orElse(0));
    }
    Comparison.Machine machine =
        new Comparison.Machine(
            ComparisonWriter.rounded(pressure),
            ComparisonWriter.rounded(MachineFacts.ticks().stolenPercentSince(ticks)),
            ComparisonWriter.rounded(clockPercent));
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
        stages(),
        machine,
        bench.sha256());
  }

  /// Says how many rounds there were, and lets a short comparison have fewer rounds of warm-up.
  private String enough(int done) {
    if (done <= Settings.WARMUPS) {
      samples.replaceAll(sample ->
          new Sample(
              sample.arm(),
              sample.metric(),
              sample.round(),
              sample.round() < done,
              sample.value()));
    }
    int warmups = Math.min(Settings.WARMUPS, done - 1);
    String rounds = (done - warmups) + " after " + warmups + " of warm-up";
    return done < settings.rounds() + Settings.WARMUPS
        ? rounds + ", of " + settings.rounds() + ": the time was over (--budget)"
        : rounds;
  }

  /// Returns by how much the clock of an arm that has its own differs from the host's: the median
  /// of its rounds.
  private OptionalDouble clockPercent(Rung rung) {
    boolean own = Instances.hasKernel(facts.getOrDefault(rung.id(), Map.of()));
    List<Double> differences = own ? clocks.getOrDefault(rung.id(), List.of()) : List.of();
    double[] all = differences.stream().mapToDouble(Double::doubleValue).toArray();
    return all.length == 0 ? OptionalDouble.empty() : OptionalDouble.of(100 * Order.median(all));
  }

  private Arm arm(Rung rung) {
    String reason = reasons.getOrDefault(rung.id(), "");
    List<String> recipe = List.of();
    if (rung.reason().isEmpty()) {
      recipe = recipe(rung, bench);
    }
    Map<String, String> known = new LinkedHashMap<>(facts.getOrDefault(rung.id(), Map.of()));
    if (reason.isEmpty()) {
      clockPercent(rung)
          .ifPresent(
              percent -> known.put("clock", String.format(Locale.ROOT, "%.2f %% off", percent)));
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

  private void instances() {
    Instances instances = new Instances(runner);
    boolean all = settings.has(Metric.MEMORY);
    List<Rung> rungs = List.copyOf(running);
    for (int place = 0; place < rungs.size(); place++) {
      Rung rung = rungs.get(place);
      long left = settings.budgetNanos() / MEMORY_SHARE - elapsed();
      int count = all ? settings.instancesMax(rung) : 1;
      progress.say("memory of " + rung.id());
      try {
        Instances.Found found = instances.look(rung, count, left / (rungs.size() - place));
        facts.put(rung.id(), found.facts());
        if (all) {
          points.addAll(found.points());
        }
      } catch (BrigException e) {
        drop(rung, e);
      }
    }
  }

  private long elapsed() {
    return System.nanoTime() - begin;
  }

  private void drop(Rung rung, BrigException e) {
    running.remove(rung);
    reasons.put(rung.id(), e.failure().finding());
  }

  /// Runs rounds until there are enough or the time is over, and returns how many.
  private int rounds() {
    int all = settings.rounds() + Settings.WARMUPS;
    long budget =
        settings.budgetNanos()
            - share(Metric.NEIGHBOUR, NEIGHBOUR_SHARE)
            - share(Metric.RATE_1, RATE_SHARE);
    for (int round = 1; round <= all; round++) {
      List<Rung> block = new ArrayList<>();
      long expected = 0;
      for (Rung rung : running) {
        if (settings.isIn(rung, round)) {
          block.add(rung);
          expected += costs.getOrDefault(rung.id(), 0L);
        }
      }
      if (round > ROUNDS_MIN && elapsed() + expected > budget) {
        return round - 1;
      }
      long left = Math.min(expected * (all - round + 1), Math.max(0, budget - elapsed()));
      progress.say("round", round - 1, all, left);
      for (int place : Draws.order(settings.seed(), round, block.size())) {
        measure(block.get(place), round);
      }
    }
    return all;
  }

  private void measure(Rung rung, int round) {
    long start = elapsed();
    try {
      Turn turn = Turn.of(runner, rung, letters(rung));
      for (Metric metric : settings.metrics()) {
        OptionalDouble value = turn.value(metric);
        if (value.isPresent()) {
          sample(rung, metric, round, round <= Settings.WARMUPS, value.getAsDouble());
        }
      }
      trace(rung, round);
      turn.run()
          .clockDifference()
          .ifPresent(clocks.computeIfAbsent(rung.id(), _ -> new ArrayList<>())::add);
    } catch (BrigException e) {
      drop(rung, e);
    }
    costs.merge(rung.id(), elapsed() - start, Math::max);
  }

  /// Traces a start of an arm whose program is brig's up to the execution of the probe.
  private void trace(Rung rung, int round) {
    if (!settings.has(Metric.MECHANISM)
        || Instances.hasKernel(facts.getOrDefault(rung.id(), Map.of()))) {
      return;
    }
    List<Stage> stages = Stages.of(rung.id(), runner.trace(rung));
    if (!stages.isEmpty()) {
      double value = Stages.endMicros(stages) / Metric.MECHANISM.scale();
      sample(rung, Metric.MECHANISM, round, round <= Settings.WARMUPS, value);
      traces.computeIfAbsent(rung.id(), _ -> new ArrayList<>()).add(stages);
    }
  }

  /// Returns of each arm's traces the one that took as long as most.
  private List<Stage> stages() {
    List<Stage> usual = new ArrayList<>();
    for (List<List<Stage>> all : traces.values()) {
      all.sort(Comparator.comparingLong(Stages::endMicros));
      usual.addAll(all.get(all.size() / 2));
    }
    return usual;
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
    List<Rung> rungs = new ArrayList<>(running);
    rungs.removeIf(rung -> rung.without().contains(Metric.NEIGHBOUR));
    int count = 2 * Runtime.getRuntime().availableProcessors();
    crowds(
        "neighbours",
        settings.budgetNanos() - share(Metric.RATE_1, RATE_SHARE),
        rungs,
        (rung, round) ->
            crowd
                .slowdown(rung, count)
                .ifPresent(value -> sample(rung, Metric.NEIGHBOUR, round, round == 1, value)));
  }

  private void rates() {
    List<Rung> rungs = new ArrayList<>(running);
    // A machine is busy all the time that it starts: emulated, several at a time say nothing.
    rungs.removeIf(Rung::isEmulated);
    crowds(
        "rates",
        settings.budgetNanos(),
        rungs,
        (rung, round) -> {
          for (Metric metric : settings.metrics()) {
            if (metric.concurrency() > 0) {
              double value = crowd.perSecond(rung, metric.concurrency());
              sample(rung, metric, round, round == 1, value);
            }
          }
        });
  }

  /// Returns how much of the time is kept for a metric that is measured after the rounds.
  private long share(Metric metric, double share) {
    return settings.has(metric) ? (long) (settings.budgetNanos() * share) : 0;
  }

  /// What is done with an arm in a round.
  private interface Trial {
    void of(Rung rung, int round);
  }

  private void crowds(String what, long end, List<Rung> rungs, Trial trial) {
    long longest = 0;
    for (int round = 1; round <= CROWD_ROUNDS; round++) {
      if (round > 1 && elapsed() + longest > end) {
        break;
      }
      progress.say(what + ", round", round - 1, CROWD_ROUNDS, longest);
      long start = elapsed();
      for (int place : Draws.order(settings.seed(), -round, rungs.size())) {
        Rung rung = rungs.get(place);
        try {
          if (running.contains(rung)) {
            trial.of(rung, round);
          }
        } catch (BrigException e) {
          drop(rung, e);
        }
      }
      longest = Math.max(longest, elapsed() - start);
    }
  }
}
