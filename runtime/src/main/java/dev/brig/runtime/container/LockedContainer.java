package dev.brig.runtime.container;

import dev.brig.linux.Kernel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A container that this process alone may act on: its lock is held until this is closed.
///
/// The lock also passes on to the supervising program: [#start] marks the container as running and
/// lets the lock's descriptor survive execve(2). If execve fails, [#close] takes the mark back.
///
/// ```
///   try (LockedContainer container = store.create(record, spec)) {
///     …plan and compile with container.lockFd()…
///     container.start();
///     throw kernel.processes().execveat(…);
///   }
/// ```
public final class LockedContainer implements AutoCloseable {
  private final Kernel kernel;
  private final Undertaker undertaker;
  private final ContainerLock lock;
  private final ContainerPaths paths;
  private ContainerRecord record;
  private State state;

  /// What has become of the container since it was locked.
  enum State {
    /// It was made, and has never been started.
    NEW,
    /// It was found.
    HELD,
    /// It is about to run.
    STARTED,
    /// Its end or its removal has begun, and is the next sweep's to complete if this process does
    /// not.
    UNFINISHED,
    /// Its files are gone.
    REMOVED,
    /// The lock was let go.
    CLOSED
  }

  LockedContainer(
      Kernel kernel,
      Undertaker undertaker,
      ContainerLock lock,
      ContainerRecord record,
      State state) {
    this.kernel = kernel;
    this.undertaker = undertaker;
    this.lock = lock;
    this.paths = lock.paths();
    this.record = record;
    this.state = state;
  }

  /// Returns what brig keeps of the container.
  public ContainerRecord record() {
    return record;
  }

  /// Returns the container's files.
  public ContainerPaths paths() {
    return paths;
  }

  /// Returns the number of the descriptor that holds the lock. It stays open over execve(2) after
  /// [#start] only; the program must not let the container have it.
  public int lockFd() {
    return lock.fd().number();
  }

  /// Returns the container as it is.
  public Container view() {
    Life life = files().life();
    return new Container(
        record,
        paths,
        life.wasStarted() ? ContainerStatus.EXITED : ContainerStatus.CREATED,
        life.startedSeconds(),
        life.exit(),
        RunningProcesses.NONE);
  }

  /// Replaces what brig keeps of the container; a reader sees the old record or the new one.
  ///
  /// @throws IllegalArgumentException if the record is another container's, or renames this one
  public void update(ContainerRecord changed) {
    if (!changed.id().equals(record.id()) || !changed.name().equals(record.name())) {
      throw new IllegalArgumentException("the record of another container");
    }
    files().write(changed);
    record = changed;
  }

  /// Makes the writable layer one of those below, and begins a new, empty one.
  ///
  /// @param place what the layer's path is to be: its directory is there, it itself is not
  public void freeze(Path place) {
    List<Path> layers = new ArrayList<>(record.image().layers());
    layers.add(place);
    record = undertaker.swap(paths, record, layers);
  }

  /// Throws away what the container has written, and puts it on other layers.
  ///
  /// @param layers the layers, the lowest first; all are there
  public void resetTo(List<Path> layers) {
    record = undertaker.swap(paths, record, layers);
  }

  /// Records that the container runs from now on, which this process makes true by becoming the
  /// supervising program at once. If that fails, [#close] takes it back.
  public void start() {
    if (state == State.NEW) {
      files().startFirst(record);
    } else {
      files().startAgain(record);
    }
    state = State.STARTED;
    kernel.files().keepOnExec(lock.fd());
  }

  /// Records how the container ended.
  public void recordExit(ExitRecord exit) {
    files().end(exit);
  }

  /// Adds what was found of why the container ended.
  public void addReason(Reason reason) {
    files().addReason(reason);
  }

  /// Does what the supervising program left to do: processes that are left are killed, cgroups
  /// removed, and the container's files with them if it was to be removed.
  public void finish() {
    state = State.UNFINISHED;
    undertaker.settle(paths, record);
    if (record.has(ContainerOption.RM)) {
      remove();
    } else {
      state = State.HELD;
    }
  }

  /// Removes the volumes that are the container's alone.
  public void removeVolumes() {
    undertaker.removeVolumes(record);
  }

  /// Removes the container with all its files. Processes and cgroups are gone before: see
  /// [#finish].
  public void remove() {
    state = State.UNFINISHED;
    undertaker.remove(paths, record);
    state = State.REMOVED;
  }

  /// Lets the lock go. A container that was not removed stays, as created or ended; one whose
  /// removal failed half-way is left for the next sweep.
  @Override
  public void close() {
    if (state == State.CLOSED) {
      return;
    }
    boolean failedToStart = state == State.STARTED;
    boolean unfinished = state == State.UNFINISHED;
    state = State.CLOSED;
    if (unfinished) {
      lock.close();
      return;
    }
    try (lock) {
      if (failedToStart) {
        files().unstart();
      }
      lock.release();
    }
  }

  /// Lets the lock go as the kernel does when its holder is killed, for tests: all files stay.
  void abandon() {
    state = State.CLOSED;
    lock.close();
  }

  private ContainerFiles files() {
    return new ContainerFiles(kernel, paths);
  }
}
