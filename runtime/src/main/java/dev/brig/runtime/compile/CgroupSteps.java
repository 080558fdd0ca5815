package dev.brig.runtime.compile;

import dev.brig.cgroups.DeviceProgram;
import java.util.ArrayList;
import java.util.List;

/// What the program does to the cgroup filesystem.
///
/// @param parents absolute paths of directories shared with other containers, from the top; may
///   exist
/// @param directories absolute paths of the container's own directories
/// @param writes values to write before the process joins, in order
/// @param programs programs that decide about devices, for the `target`
/// @param joins files to which the container's process writes "0" to join
/// @param target the directory of a cgroup v2 into which the process is born, or empty
/// @param events files that tell at the end whether a limit was felt
/// @param removals directories to remove, children first
public record CgroupSteps(
    List<String> parents,
    List<String> directories,
    List<Write> writes,
    List<DeviceProgram> programs,
    List<String> joins,
    String target,
    List<EventFile> events,
    List<String> removals) {
  /// Copies the lists.
  public CgroupSteps {
    parents = List.copyOf(parents);
    directories = List.copyOf(directories);
    writes = List.copyOf(writes);
    programs = List.copyOf(programs);
    joins = List.copyOf(joins);
    events = List.copyOf(events);
    removals = List.copyOf(removals);
  }

  /// Returns these steps for a caller that may have made the container's own directories itself.
  CgroupSteps takingWhatIsThere() {
    List<String> all = new ArrayList<>(parents);
    all.addAll(directories);
    return new CgroupSteps(all, List.of(), writes, programs, joins, target, events, removals);
  }

  /// A value for a file.
  ///
  /// @param file absolute path
  /// @param value the text written
  /// @param option the option that asked for it
  /// @param why what the write achieves
  public record Write(String file, String value, String option, String why) {}

  /// A file that tells whether a limit was felt.
  ///
  /// @param file absolute path
  /// @param quiet at most eight ASCII characters that it holds exactly if nothing happened
  public record EventFile(String file, String quiet) {}
}
