package dev.brig.runtime.container;

import dev.brig.linux.Kernel;
import dev.brig.runtime.container.StateFiles.Durability;
import dev.brig.runtime.json.JsonException;
import java.util.List;
import java.util.Optional;

/// Reads and writes the files of one container.
final class ContainerFiles {
  private final StateFiles files;
  private final ContainerPaths paths;

  ContainerFiles(Kernel kernel, ContainerPaths paths) {
    this.files = new StateFiles(kernel);
    this.paths = paths;
  }

  /// Returns the record, or empty if the container is not there: not yet whole, or about to be
  /// gone.
  ///
  /// @throws ContainerException if the record is damaged
  Optional<ContainerRecord> record() {
    Optional<String> text = files.read(paths.record());
    if (text.isEmpty() || text.get().isEmpty()) {
      // Empty is what the machine's crash leaves of a file that was never stored.
      return Optional.empty();
    }
    try {
      return Optional.of(ContainerRecordJson.read(text.get()));
    } catch (JsonException e) {
      throw new ContainerException(
          ContainerException.Problem.DAMAGED,
          "read " + paths.record(),
          e.failure().line(),
          "restore the file, or remove " + paths.directory());
    }
  }

  /// Writes the record: the container exists from then on.
  void write(ContainerRecord record) {
    files.replace(paths.record(), ContainerRecordJson.write(record), durability(record));
  }

  /// A container that is removed when it ends does not outlive the machine either, and storing its
  /// files would take longer than running it.
  static Durability durability(ContainerRecord record) {
    return record.has(ContainerOption.RM) || record.has(ContainerOption.STEP)
        ? Durability.CACHED
        : Durability.STORED;
  }

  /// Returns when the container was started and how it ended.
  Life life() {
    Optional<String> text = files.read(paths.exit());
    return text.isEmpty() ? Life.NONE : Life.parse(text.get());
  }

  /// Records that a container that was never started is started now. Killed half-way this leaves an
  /// empty file, which says the same.
  void startFirst(ContainerRecord record) {
    files.write(paths.exit(), Life.started(now()), durability(record));
  }

  /// Records that the container is started now; an earlier end is forgotten.
  void startAgain(ContainerRecord record) {
    files.replace(paths.exit(), Life.started(now()), durability(record));
    files.remove(paths.reason());
    files.remove(paths.events());
  }

  /// Records that the container was not started after all.
  void unstart() {
    files.remove(paths.exit());
  }

  /// Records how the container ended.
  void end(ExitRecord exit) {
    files.append(paths.exit(), Life.ended(exit));
  }

  /// Returns what is known of why the container ended.
  List<Reason> reasons() {
    Optional<String> text = files.read(paths.reason());
    return text.isEmpty() ? List.of() : Reason.parse(text.get());
  }

  /// Adds a sentence that says why the container ended.
  void addReason(Reason reason) {
    files.append(paths.reason(), reason.line());
  }

  /// Returns the processes that the supervising program has recorded.
  RunningProcesses processes() {
    Optional<String> text = files.read(paths.pid());
    return text.isEmpty() ? RunningProcesses.NONE : RunningProcesses.parse(text.get());
  }

  /// Returns the seconds since 1970.
  static long now() {
    return System.currentTimeMillis() / 1000;
  }
}
