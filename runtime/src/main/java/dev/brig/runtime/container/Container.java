package dev.brig.runtime.container;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A container as it was found: a moment's view, which holds nothing open.
///
/// @param record what brig keeps of it
/// @param paths its files
/// @param status where it stands in its life
/// @param startedSeconds when it was last started, in seconds since 1970; 0 if it never was
/// @param exit how it ended, or null while it has not
/// @param processes its processes while it lives, else [RunningProcesses#NONE]
public record Container(
    ContainerRecord record,
    ContainerPaths paths,
    ContainerStatus status,
    long startedSeconds,
    @Nullable ExitRecord exit,
    RunningProcesses processes) {

  /// Returns the identifier.
  public ContainerId id() {
    return record.id();
  }

  /// Returns the name.
  public String name() {
    return record.name();
  }

  /// Returns how it ended, if it has.
  public Optional<ExitRecord> ended() {
    return Optional.ofNullable(exit);
  }
}
