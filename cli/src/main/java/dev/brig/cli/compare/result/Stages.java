package dev.brig.cli.compare.result;

import dev.brig.cli.compare.result.Comparison.Stage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Reads the lines of `brig run --trace`: what a start is made of, once the JVM has left.
public final class Stages {
  private static final String UNIT = " us  ";
  private static final String SUPERVISOR = "supervisor";

  private Stages() {}

  /// Returns the system calls up to the execution of the command, in the order in which they ended,
  /// with their times from the start of the program that makes them.
  ///
  /// @param arm whose trace it is
  /// @param lines each with a number, the microseconds since the process's call before, the process
  ///   and the call; what looks otherwise is not of the trace
  /// @return none if no process but the supervisor made a call
  public static List<Stage> of(String arm, List<String> lines) {
    Map<String, Long> ends = new HashMap<>();
    List<Stage> stages = new ArrayList<>();
    long latest = 0;
    int count = 0;
    for (String line : lines) {
      int unit = line.indexOf(UNIT);
      String[] numbers = line.substring(0, Math.max(0, unit)).strip().split(" +", -1);
      String rest = line.substring(unit < 0 ? line.length() : unit + UNIT.length());
      int space = rest.indexOf(' ');
      if (numbers.length != 2 || !isNumber(numbers[0]) || !isNumber(numbers[1]) || space < 0) {
        continue;
      }
      String process = rest.substring(0, space);
      long end = ends.getOrDefault(process, 0L) + Long.parseLong(numbers[1]);
      // A process begins where the others are, though its first time is told from the very start.
      long begin = ends.getOrDefault(process, latest);
      ends.put(process, end);
      latest = Math.max(latest, end);
      stages.add(new Stage(arm, process, rest.substring(space).strip(), begin, end));
      count = process.equals(SUPERVISOR) ? count : stages.size();
    }
    return List.copyOf(stages.subList(0, count));
  }

  private static boolean isNumber(String text) {
    return !text.isEmpty() && text.chars().allMatch(Character::isDigit);
  }

  /// Returns when the last call ended: how long all take together.
  ///
  /// @param stages at least one
  public static long endMicros(List<Stage> stages) {
    return stages.getLast().endMicros();
  }
}
