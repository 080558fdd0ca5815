package dev.brig.runtime.container;

import dev.brig.error.BrigException;
import dev.brig.linux.DirectoryEntry;
import dev.brig.linux.Errno;
import dev.brig.linux.Fd;
import dev.brig.linux.FileStatus;
import dev.brig.linux.Kernel;
import dev.brig.linux.KernelException;
import dev.brig.linux.Links;
import dev.brig.linux.OpenFlag;
import dev.brig.runtime.container.ContainerException.Problem;
import dev.brig.runtime.json.JsonException;
import dev.brig.runtime.spec.Spec;
import dev.brig.runtime.spec.SpecException;
import dev.brig.runtime.spec.SpecReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// All containers of one root: making, finding, listing and locking them.
///
/// A command first calls [#sweep], so that it meets no wreck. Nothing is cached: what a method
/// returns was true a moment ago.
public final class ContainerStore {
  private static final Duration LOCK_LIMIT = Duration.ofSeconds(10);

  private final Kernel kernel;
  private final StatePaths state;
  private final CgroupControl cgroups;
  private final Undertaker undertaker;
  private final Sweeper sweeper;

  /// Makes a store; touches nothing.
  ///
  /// @param kernel makes the system calls
  /// @param state where containers are kept
  /// @param cgroups what clears up, and asks, the cgroups of containers
  /// @param trees removes writable layers
  public ContainerStore(Kernel kernel, StatePaths state, CgroupControl cgroups, TreeRemover trees) {
    this.kernel = kernel;
    this.state = state;
    this.cgroups = cgroups;
    this.undertaker = new Undertaker(kernel, state, cgroups, trees);
    this.sweeper = new Sweeper(kernel, state, undertaker);
  }

  /// Returns where containers are kept.
  public StatePaths paths() {
    return state;
  }

  /// Makes the directories if they are not there, and clears up what killed brigs and containers
  /// left.
  ///
  /// @return what could not be cleared up, to be told as warnings; the next sweep tries again
  public List<BrigException> sweep() {
    return sweeper.sweep();
  }

  /// Makes a container and returns it locked. If that fails, nothing is left of it.
  ///
  /// @param record what brig keeps of it; if the name is empty, one is chosen
  /// @param spec its configuration
  /// @throws ContainerException if the name is taken or can't be one
  public LockedContainer create(ContainerRecord record, Spec spec) {
    return create(record, spec, Contents.NONE);
  }

  /// Makes a container with further files and returns it locked. If that fails, nothing is left of
  /// it.
  ///
  /// @param record what brig keeps of it; if the name is empty, one is chosen
  /// @param spec its configuration
  /// @param contents what it has on disk beside these
  /// @throws ContainerException if the name is taken or can't be one
  public LockedContainer create(ContainerRecord record, Spec spec, Contents contents) {
    try {
      return new Creation(kernel, state, undertaker).create(record, spec, contents);
    } catch (KernelException e) {
      if (e.errno() != Errno.ENOENT) {
        throw e;
      }
    }
    // Somebody removed the directories, or nobody called sweep.
    var _ = sweeper.prepare();
    return new Creation(kernel, state, undertaker).create(record, spec, contents);
  }

  /// Returns the container that a user means: by its name, its identifier or a beginning of it that
  /// no other has.
  ///
  /// @throws ContainerException if there is none, or several
  public Container find(String reference) {
    ContainerId id = resolve(reference);
    Optional<Container> container = load(id);
    if (container.isEmpty()) {
      throw noSuch(reference);
    }
    return container.get();
  }

  /// Returns all containers, the newest first.
  ///
  /// @param problems gets a failure for each container whose files are damaged
  public List<Container> list(List<BrigException> problems) {
    List<Container> containers = new ArrayList<>();
    for (ContainerId id : ids()) {
      try {
        Optional<Container> container = load(id);
        if (container.isPresent()) {
          containers.add(container.get());
        }
      } catch (ContainerException e) {
        problems.add(e);
      }
    }
    containers.sort((one, two) -> {
      int order = Long.compare(two.record().createdMillis(), one.record().createdMillis());
      return order != 0 ? order : one.id().compareTo(two.id());
    });
    return containers;
  }

  /// Returns the configuration of a container.
  public Spec spec(ContainerId id) {
    return SpecReader.read(state.of(id).config());
  }

  /// Returns the snapshots of a container.
  public SnapshotList snapshots(ContainerId id) {
    ContainerPaths paths = state.of(id);
    Optional<String> text = new StateFiles(kernel).read(paths.snapshots());
    try {
      return text.isEmpty() ? SnapshotList.EMPTY : SnapshotList.read(text.get());
    } catch (JsonException e) {
      throw new ContainerException(
          Problem.DAMAGED,
          "read " + paths.snapshots(),
          e.failure().line(),
          "restore the file, or remove it to forget the snapshots");
    }
  }

  /// Replaces the list of a container's snapshots; a reader sees the old list or the new one.
  /// Whoever does so keeps others from doing the same: `FrozenLayers.undisturbed`.
  public void write(ContainerId id, SnapshotList snapshots) {
    ContainerPaths paths = state.of(id);
    StateFiles files = new StateFiles(kernel);
    files.replace(paths.snapshots(), snapshots.write(), StateFiles.Durability.STORED);
    files.store(paths.directory());
  }

  /// Returns a record as the text of its file, for a stream that another brig reads.
  public static String text(ContainerRecord record) {
    return ContainerRecordJson.write(record);
  }

  /// Reads the text of a record's file.
  ///
  /// @throws JsonException if it is damaged
  public static ContainerRecord record(String text) {
    return ContainerRecordJson.read(text);
  }

  /// Returns the snapshots of a container as the text of their file.
  public static String text(SnapshotList snapshots) {
    return snapshots.write();
  }

  /// Reads the text of a file of snapshots.
  ///
  /// @throws JsonException if it is damaged
  public static SnapshotList snapshots(String text) {
    return SnapshotList.read(text);
  }

  /// Returns all that is known of a container.
  ///
  /// @throws SpecException if its configuration is damaged
  public Inspection inspect(Container container) {
    return new Inspection(container, spec(container.id()), reasons(container.id()));
  }

  /// Returns what is known of why a container ended, in the order in which it was found.
  public List<Reason> reasons(ContainerId id) {
    return new ContainerFiles(kernel, state.of(id)).reasons();
  }

  /// Takes the right to act on a container that is not running.
  ///
  /// @param step what for, for messages: `start`
  /// @throws ContainerException if it runs, if it is gone, if its root is mounted for people, or if
  ///   another brig works on it for long
  public LockedContainer lock(Container container, String step) {
    LockedContainer locked = lockEvenIfMounted(container, step);
    try {
      refuseMounted(container, step);
      return locked;
    } catch (RuntimeException e) {
      locked.close();
      throw e;
    }
  }

  private void refuseMounted(Container container, String step) {
    if (isMounted(container)) {
      throw new ContainerException(
          Problem.WRONG_STATE,
          step + " " + container.name(),
          "its root is mounted on " + container.paths().mount(),
          "brig umount " + container.name() + " ends that");
    }
  }

  /// Tells whether a container's root is mounted for people.
  public boolean isMounted(Container container) {
    return kernel
        .attributes()
        .statIfPresent(Fd.CWD, container.paths().mount().toString(), Links.NOFOLLOW)
        .filter(FileStatus::isMountRoot)
        .isPresent();
  }

  /// Takes the right to act on a container that is not running, in a way that does not disturb
  /// people to whom its root is mounted.
  ///
  /// @param step what for, for messages: `diff`
  /// @throws ContainerException if it runs, if it is gone, or if another brig works on it for long
  public LockedContainer lockEvenIfMounted(Container container, String step) {
    ContainerPaths paths = container.paths();
    ContainerFiles files = new ContainerFiles(kernel, paths);
    if (files.life().isOpen() && ContainerLock.isHeld(kernel, paths)) {
      throw new ContainerException(
          Problem.WRONG_STATE,
          step + " " + container.name(),
          "container " + container.name() + " is running",
          "brig stop " + container.name() + " ends it");
    }
    Optional<ContainerLock> lock = ContainerLock.take(kernel, paths, LOCK_LIMIT);
    if (lock.isEmpty()) {
      throw new ContainerException(
          Problem.BUSY,
          step + " " + container.name(),
          "another brig is working on container " + container.name(),
          "try again when it is done");
    }
    return locked(lock.get(), container.name());
  }

  /// Takes over the lock that the supervising program hands to brig by executing it, to finish what
  /// the program could not.
  ///
  /// @param lockFd the number of the descriptor that holds the lock
  /// @return empty if the program had removed the container already, all but some files, which are
  ///   gone now
  public Optional<LockedContainer> adopt(ContainerId id, int lockFd) {
    ContainerPaths paths = state.of(id);
    ContainerLock lock = new ContainerLock(kernel, paths, Fd.borrowed(lockFd));
    Optional<ContainerRecord> record = new ContainerFiles(kernel, paths).record();
    if (record.isEmpty()) {
      undertaker.removeRemains(paths);
      lock.release();
      return Optional.empty();
    }
    return Optional.of(
        new LockedContainer(kernel, undertaker, lock, record.get(), LockedContainer.State.HELD));
  }

  /// Returns the container under a lock that was just taken, with what a dead supervisor left
  /// cleared up.
  private LockedContainer locked(ContainerLock lock, String name) {
    ContainerPaths paths = lock.paths();
    try {
      Optional<ContainerRecord> record = new ContainerFiles(kernel, paths).record();
      if (record.isEmpty()) {
        // It was removed between finding and locking; the entry in RUN is this process's own.
        lock.release();
        throw noSuch(name);
      }
      undertaker.settle(paths, record.get());
      return new LockedContainer(
          kernel, undertaker, lock, record.get(), LockedContainer.State.HELD);
    } catch (BrigException e) {
      lock.close();
      throw e;
    }
  }

  private Optional<Container> load(ContainerId id) {
    ContainerPaths paths = state.of(id);
    ContainerFiles files = new ContainerFiles(kernel, paths);
    Optional<ContainerRecord> record = files.record();
    if (record.isEmpty()) {
      return Optional.empty();
    }
    boolean held = ContainerLock.isHeld(kernel, paths);
    // Read after the lock was looked at: an end that is recorded meanwhile makes a running
    // container an
    // ended one, never an ended one a wreck.
    Life life = files.life();
    RunningProcesses processes = held && life.isOpen() ? files.processes() : RunningProcesses.NONE;
    return Optional.of(
        new Container(
            record.get(),
            paths,
            status(record.get(), life, held),
            life.startedSeconds(),
            life.exit(),
            processes));
  }

  private ContainerStatus status(ContainerRecord record, Life life, boolean held) {
    if (!life.wasStarted()) {
      return ContainerStatus.CREATED;
    }
    if (!life.isOpen()) {
      boolean leaving = held && record.has(ContainerOption.RM);
      return leaving ? ContainerStatus.REMOVING : ContainerStatus.EXITED;
    }
    if (!held) {
      return ContainerStatus.EXITED;
    }
    boolean frozen = !record.cgroups().isEmpty() && cgroups.isFrozen(record.cgroups());
    return frozen ? ContainerStatus.PAUSED : ContainerStatus.RUNNING;
  }

  private ContainerId resolve(String reference) {
    Optional<ContainerId> named = new Names(kernel, state.names()).find(reference);
    if (named.isPresent()) {
      return named.get();
    }
    if (ContainerId.isId(reference)) {
      return new ContainerId(reference);
    }
    if (!ContainerId.isPrefix(reference)) {
      throw noSuch(reference);
    }
    List<ContainerId> matches = new ArrayList<>();
    for (ContainerId id : ids()) {
      if (id.text().startsWith(reference)) {
        matches.add(id);
      }
    }
    return switch (matches.size()) {
      case 0 -> throw noSuch(reference);
      case 1 -> matches.getFirst();
      default -> throw ambiguous(reference, matches);
    };
  }

  private List<ContainerId> ids() {
    List<ContainerId> ids = new ArrayList<>();
    Optional<Fd> open =
        kernel
            .files()
            .openIfPresent(
                Fd.CWD, state.containers().toString(), OpenFlag.O_RDONLY, OpenFlag.O_DIRECTORY);
    if (open.isEmpty()) {
      return ids;
    }
    try (Fd fd = open.get()) {
      for (DirectoryEntry entry : kernel.tree().list(fd)) {
        if (ContainerId.isId(entry.name())) {
          ids.add(new ContainerId(entry.name()));
        }
      }
    }
    return ids;
  }

  static ContainerException noSuch(String reference) {
    return new ContainerException(
        Problem.NO_SUCH_CONTAINER,
        "no such container",
        reference,
        "brig ps -a lists all containers");
  }

  private static ContainerException ambiguous(String reference, List<ContainerId> matches) {
    StringBuilder list = new StringBuilder();
    for (ContainerId id : matches) {
      list.append(list.isEmpty() ? "" : ", ").append(id.shortText());
    }
    return new ContainerException(
        Problem.AMBIGUOUS,
        "container \"" + reference + "\"",
        matches.size() + " containers begin so: " + list,
        "give more digits, or the name");
  }
}
