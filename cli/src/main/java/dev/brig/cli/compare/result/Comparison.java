package dev.brig.cli.compare.result;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// All that a comparison has found, as `result.json` keeps it.
///
/// @param brig brig's version
/// @param command the command line that does it again
/// @param seed what the order of the arms and the intervals come of
/// @param started when, RFC 3339
/// @param environment the machine: facts by name, in order
/// @param arms what was compared, the reference first; those that could not run are there too
/// @param metrics what was measured
/// @param samples every value, warm-up included
/// @param points memory by the number of instances
/// @param stages what the starts of brig's own arms are made of, in order
/// @param machine how quiet the machine was
/// @param probeSha256 the digest of the probe, the same in every arm
public record Comparison(
    String brig,
    String command,
    long seed,
    String started,
    Map<String, String> environment,
    List<Arm> arms,
    List<Metric> metrics,
    List<Sample> samples,
    List<Point> points,
    List<Stage> stages,
    Machine machine,
    String probeSha256) {

  /// The name of the format.
  public static final String SCHEMA = "brig.compare/1";

  /// Copies the collections.
  public Comparison {
    environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
    arms = List.copyOf(arms);
    metrics = List.copyOf(metrics);
    samples = List.copyOf(samples);
    points = List.copyOf(points);
    stages = List.copyOf(stages);
  }

  /// A way to run a program.
  ///
  /// @param id its name: `bare`, `container`
  /// @param label what it is, in a few words
  /// @param recipe the command, the probe's letters left out
  /// @param reason why it could not run, or empty
  /// @param caveat what must be said wherever its figures are shown, or empty
  /// @param facts what of the host an instance shares, by name
  public record Arm(
      String id,
      String label,
      List<String> recipe,
      String reason,
      String caveat,
      Map<String, String> facts) {
    /// Copies the collections.
    public Arm {
      recipe = List.copyOf(recipe);
      facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
    }

    /// Tells whether it ran.
    public boolean isAvailable() {
      return reason.isEmpty();
    }
  }

  /// A value: one arm, one metric, one round.
  ///
  /// @param arm the arm's id
  /// @param metric what
  /// @param round which round, from 1
  /// @param warmup whether statistics leave it out
  /// @param value how much, in the metric's unit
  public record Sample(String arm, Metric metric, int round, boolean warmup, double value) {}

  /// The memory of a number of idle instances.
  ///
  /// @param arm the arm's id
  /// @param instances how many
  /// @param bytes the proportional set sizes of all their processes together
  public record Point(String arm, int instances, long bytes) {}

  /// A system call of brig's own program, in a start of the usual length.
  ///
  /// @param arm the arm's id
  /// @param process which of the program's processes made it: `supervisor`, `container`
  /// @param call the call and its result, in strace's notation
  /// @param beginMicros when it began, from the start of the program
  /// @param endMicros when it ended
  public record Stage(String arm, String process, String call, long beginMicros, long endMicros) {}

  /// How quiet the machine was.
  ///
  /// @param pressurePercent the share of time in which something waited for a processor, before the
  ///   first round (PSI, `some avg10`); negative if the kernel doesn't tell
  /// @param stealPercent the share of time that the hypervisor took, over all rounds
  /// @param clockPercent by how much an interval of the probe's clock differs from one of the
  ///   host's: the median of all runs
  public record Machine(double pressurePercent, double stealPercent, double clockPercent) {}

  /// The arm that all others are held against.
  public static final String REFERENCE = "bare";

  /// The same once more: what differs from the reference here is noise.
  public static final String CONTROL = "control";

  /// The reason of arms that the command line left out.
  public static final String NOT_ASKED_FOR = "not asked for";

  /// Tells whether an arm is what all others are held against, or its control.
  public static boolean isBare(String arm) {
    return arm.equals(REFERENCE) || arm.equals(CONTROL);
  }
}
