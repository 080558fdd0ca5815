package dev.brig.runtime.container;

import java.nio.file.Path;

/// The files of one container.
///
/// @param id which container
/// @param directory the directory for what lasts
/// @param run the directory for what dies with the machine
public record ContainerPaths(ContainerId id, Path directory, Path run) {

  /// Returns the OCI configuration.
  public Path config() {
    return directory.resolve("config.json");
  }

  /// Returns brig's own record, whose presence makes the container exist.
  public Path record() {
    return directory.resolve("container.json");
  }

  /// Returns the private writable layer, the upper directory of the overlay. Its owner and its
  /// permissions are those of `/` inside.
  public Path upper() {
    return directory.resolve("upper");
  }

  /// Returns the overlay's work directory.
  public Path work() {
    return directory.resolve("work");
  }

  /// Returns the directory on which the root file system is mounted, in the container's mount
  /// namespace only.
  public Path rootfs() {
    return directory.resolve("rootfs");
  }

  /// Returns the log of a detached container.
  public Path log() {
    return directory.resolve("log");
  }

  /// Returns the log before that one, of a container whose log may not grow without end.
  public Path logBefore() {
    return directory.resolve("log.1");
  }

  /// Returns the pipe to the standard input of a container in the background that has one.
  public Path stdin() {
    return run.resolve("stdin");
  }

  /// Returns the file that says when the container was started and how it ended.
  ///
  /// brig writes the first line, `started SECONDS\n`, before it becomes the supervising program,
  /// which appends the second: `si_code si_status SECONDS\n`.
  public Path exit() {
    return directory.resolve("exit");
  }

  /// Returns the file that says in words why the container ended, a sentence a line.
  public Path reason() {
    return directory.resolve("reason");
  }

  /// Returns the file into which the supervising program copies the event files of the cgroups.
  public Path events() {
    return directory.resolve("events");
  }

  /// Returns the file whose lock is held by whoever acts on the container, and while it runs.
  public Path lock() {
    return run.resolve("lock");
  }

  /// Returns the file whose lock is held by whoever has made the container stand still, and who
  /// lets it go on.
  public Path standstill() {
    return run.resolve("standstill");
  }

  /// Returns the directory on which the root is mounted for people, while it is: `brig mount`.
  public Path mount() {
    return directory.resolve("mount");
  }

  /// Returns the file that lists the container's snapshots.
  public Path snapshots() {
    return directory.resolve("snapshots.json");
  }

  /// Returns the file in which the supervising program says who runs: a copy of `/proc/PID/stat` of
  /// the container's first process.
  public Path pid() {
    return run.resolve("pid");
  }
}
