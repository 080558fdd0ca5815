package dev.brig.runtime.container;

import dev.brig.error.BrigException;
import dev.brig.linux.DirectoryEntry;
import dev.brig.linux.Errno;
import dev.brig.linux.Fd;
import dev.brig.linux.FileStatus;
import dev.brig.linux.Kernel;
import dev.brig.linux.KernelException;
import dev.brig.linux.Lock;
import dev.brig.linux.OpenFlag;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Clears up what brigs and containers that were killed have left.
///
/// Everything that is going on has an entry in RUN with a lock that is held. An entry whose lock is
/// free is a wreck: the sweep takes the lock and finishes what was going on. So a sweep looks at
/// what runs, not at all containers. When the machine has been restarted RUN is empty, and the
/// first brig looks at all.
final class Sweeper {
  private static final int PRIVATE = 0700;

  private final Kernel kernel;
  private final StatePaths state;
  private final Undertaker undertaker;

  Sweeper(Kernel kernel, StatePaths state, Undertaker undertaker) {
    this.kernel = kernel;
    this.state = state;
    this.undertaker = undertaker;
  }

  /// Clears up and returns what could not be.
  List<BrigException> sweep() {
    Optional<Fd> open =
        kernel
            .files()
            .openIfPresent(
                Fd.CWD, state.runContainers().toString(), OpenFlag.O_RDONLY, OpenFlag.O_DIRECTORY);
    if (open.isEmpty()) {
      return prepare();
    }
    List<BrigException> problems = new ArrayList<>(0);
    try (Fd fd = open.get()) {
      for (DirectoryEntry entry : kernel.tree().list(fd)) {
        if (ContainerId.isId(entry.name())) {
          sweep(state.of(new ContainerId(entry.name())), problems);
        }
      }
    }
    return problems;
  }

  private void sweep(ContainerPaths paths, List<BrigException> problems) {
    try {
      Optional<ContainerLock> lock = ContainerLock.takeIdle(kernel, paths);
      if (lock.isPresent()) {
        clear(lock.get(), paths);
      } else {
        undertaker.endStandstill(paths);
      }
    } catch (BrigException e) {
      problems.add(e);
    }
  }

  /// Clears one wreck and releases its lock; if that fails, the entry stays for the next sweep.
  private void clear(ContainerLock lock, ContainerPaths paths) {
    try (lock) {
      settle(paths, lock.isNew() ? Maker.KILLED : Maker.DONE);
      lock.release();
    }
  }

  /// What became of the brig that made a container.
  private enum Maker {
    /// It was killed before the container was started or let go.
    KILLED,
    /// It made the container and let it go, or started it.
    DONE
  }

  private void settle(ContainerPaths paths, Maker maker) {
    ContainerFiles files = new ContainerFiles(kernel, paths);
    Optional<ContainerRecord> record = files.record();
    if (record.isEmpty()) {
      undertaker.removeRemains(paths);
      return;
    }
    undertaker.settle(paths, record.get());
    // One that was created only is kept, though it is to be removed when it has run: the sweep can
    // come by between another brig's making of the lock file, to start it, and its taking the lock.
    boolean over = files.life().wasStarted() || maker == Maker.KILLED;
    // A step's maker holds its lock for as long as it is there.
    boolean step = record.get().has(ContainerOption.STEP);
    if (step || (over && record.get().has(ContainerOption.RM))) {
      undertaker.remove(paths, record.get());
    }
  }

  /// Makes the directories and, if the machine was restarted, clears up all containers that were
  /// running.
  ///
  /// The directory of the locks is made last: while it is not there, nobody can act on a container,
  /// and whoever is killed on the way leaves the work to the next.
  List<BrigException> prepare() {
    // A root that is a symbolic link, to a larger disk say, is its owner's choice; RUN may lie in
    // /tmp.
    makePrivate(state.root());
    make(state.containers());
    make(state.names());
    makePrivate(state.run(), OpenFlag.O_NOFOLLOW);
    List<BrigException> problems = new ArrayList<>(0);
    Path lockFile = state.run().resolve("recovery.lock");
    try (Fd lock =
        kernel
            .files()
            .openat(
                Fd.CWD,
                lockFile.toString(),
                0600,
                OpenFlag.O_RDWR,
                OpenFlag.O_CREAT,
                OpenFlag.O_NOFOLLOW)) {
      kernel.files().lock(lock, Lock.EXCLUSIVE);
      if (!kernel.attributes().exists(state.runContainers().toString())) {
        recover(problems);
        make(state.runContainers());
      }
    }
    return problems;
  }

  private void recover(List<BrigException> problems) {
    try (Fd fd =
        kernel
            .files()
            .openat(
                Fd.CWD, state.containers().toString(), OpenFlag.O_RDONLY, OpenFlag.O_DIRECTORY)) {
      for (DirectoryEntry entry : kernel.tree().list(fd)) {
        if (ContainerId.isId(entry.name())) {
          recover(state.of(new ContainerId(entry.name())), problems);
        }
      }
    }
    Names names = new Names(kernel, state.names());
    for (DirectoryEntry entry : names.all()) {
      Optional<ContainerId> id = names.find(entry.name());
      if (id.isPresent()
          && !kernel.attributes().exists(state.of(id.get()).directory().toString())) {
        names.release(entry.name(), id.get());
      }
    }
  }

  private void recover(ContainerPaths paths, List<BrigException> problems) {
    try {
      Optional<ContainerRecord> record = new ContainerFiles(kernel, paths).record();
      boolean started = new ContainerFiles(kernel, paths).life().wasStarted();
      if (record.isEmpty() || started || isHalfRemoved(record.get(), paths)) {
        settle(paths, Maker.KILLED);
      }
    } catch (BrigException e) {
      problems.add(e);
    }
  }

  /// Tells whether the supervising program had begun to remove the container: it takes away the
  /// name first.
  private boolean isHalfRemoved(ContainerRecord record, ContainerPaths paths) {
    Optional<ContainerId> owner = new Names(kernel, state.names()).find(record.name());
    return record.has(ContainerOption.RM) && !owner.equals(Optional.of(paths.id()));
  }

  private void make(Path directory) {
    var _ = kernel.tree().mkdirIfAbsent(Fd.CWD, directory.toString(), PRIVATE);
  }

  /// Makes a directory and those above it, and refuses one that others could change.
  private void makePrivate(Path directory, OpenFlag... flags) {
    makeAll(directory);
    OpenFlag[] all = Arrays.copyOf(flags, flags.length + 1);
    all[flags.length] = OpenFlag.O_DIRECTORY;
    try (Fd fd = kernel.files().openat(Fd.CWD, directory.toString(), all)) {
      FileStatus status = kernel.attributes().stat(fd);
      int euid = kernel.processes().euid();
      if (status.uid() != euid || (status.permissions() & 0022) != 0) {
        throw new ContainerException(
            ContainerException.Problem.DAMAGED,
            "use " + directory,
            "the directory belongs to user " + status.uid() + " or may be changed by others",
            "brig's state must be its user's alone: remove the directory or give another with"
                + " --root");
      }
    }
  }

  private void makeAll(Path directory) {
    try {
      make(directory);
    } catch (KernelException e) {
      Path parent = directory.getParent();
      if (e.errno() != Errno.ENOENT || parent == null) {
        throw e.during("make directory " + directory);
      }
      makeAncestors(parent);
      make(directory);
    }
  }

  /// Directories above brig's own are everyone's to pass through.
  private void makeAncestors(Path directory) {
    Path parent = directory.getParent();
    if (parent != null && !kernel.attributes().exists(parent.toString())) {
      makeAncestors(parent);
    }
    var _ = kernel.tree().mkdirIfAbsent(Fd.CWD, directory.toString(), 0755);
  }
}
