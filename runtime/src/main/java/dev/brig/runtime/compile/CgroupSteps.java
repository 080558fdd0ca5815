package dev.brig.runtime.compile;

import java.util.List;

/// What the program does to the cgroup filesystem.
///
/// @param directories absolute paths of the directories to make, parents first; some may exist
/// @param writes values to write before the process joins, in order
/// @param joins files that take the process's id; empty with a `target`
/// @param target the directory of a cgroup v2 into which the process is born, or empty
/// @param events files that tell at the end whether a limit was felt
/// @param removals directories to remove, children first
public record CgroupSteps(
    List<String> directories,
    List<Write> writes,
    List<String> joins,
    String target,
    List<EventFile> events,
    List<String> removals) {
  /// Copies the lists.
  public CgroupSteps {
    directories = List.copyOf(directories);
    writes = List.copyOf(writes);
    joins = List.copyOf(joins);
    events = List.copyOf(events);
    removals = List.copyOf(removals);
  }

  /// A value for a file.
  ///
  /// @param file absolute path
  /// @param value the text written
  /// @param option the option that asked for it
  public record Write(String file, String value, String option) {}

  /// A file with a counter.
  ///
  /// @param file absolute path
  /// @param tail the last four characters before the counter's value, `ill ` for `oom_kill 0`
  public record EventFile(String file, String tail) {}
}
