package dev.brig.cgroups;

import dev.brig.error.UnsupportedException;
import dev.brig.linux.Errno;
import dev.brig.linux.KernelException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The cgroups of a container that exists: freezing, thawing, killing, listing, measuring,
/// removing.
///
/// Each operation may be repeated, and none minds a container that has ended meanwhile.
public final class Cgroup {
  private static final Path FREEZE = Path.of("cgroup.freeze");
  private static final Path EVENTS = Path.of("cgroup.events");
  private static final Path KILL = Path.of("cgroup.kill");
  private static final Path STATE = Path.of("freezer.state");
  private static final Path PROCS = Path.of("cgroup.procs");
  private static final Path PIDS_MAX = Path.of("pids.max");
  private static final long PAUSE_MILLIS_MAX = 20;
  private static final int DEPTH_MAX = 64;
  private static final int KILL_ROUNDS_MAX = 10_000;

  /// What freezing is about, by the words of freezer.state.
  private enum Motion {
    FROZEN,
    THAWED
  }

  private final CgroupFs fs;
  private final List<Path> directories;

  /// Makes one of the directories that the plan made for a container.
  ///
  /// @param fs the way to them
  /// @param directories [CgroupPlan#leaves]
  public Cgroup(CgroupFs fs, List<Path> directories) {
    this.fs = fs;
    this.directories = List.copyOf(directories);
  }

  /// Returns the directories, whether they exist or not.
  public List<Path> directories() {
    return directories;
  }

  /// Stops all processes of the container where they are, and waits until they have stopped.
  ///
  /// @param timeoutMillis how long to wait at most
  /// @throws UnsupportedException if it has no cgroup that can be frozen
  /// @throws KernelException ETIMEDOUT if a process didn't stop in time; the container is thawed
  ///   then
  public void freeze(long timeoutMillis) {
    Path directory = freezable("pause");
    if (!reaches(directory, Motion.FROZEN, timeoutMillis)) {
      var _ = reaches(directory, Motion.THAWED, timeoutMillis);
      throw new KernelException(
          "freeze " + directory,
          "wait for " + timeoutMillis + " ms",
          Errno.ETIMEDOUT,
          "a process may be waiting for a device or a file server; see its state D in ps");
    }
  }

  /// Lets all processes of the container go on, and waits until they do.
  ///
  /// @param timeoutMillis how long to wait at most
  /// @throws UnsupportedException if it has no cgroup that can be frozen
  /// @throws KernelException ETIMEDOUT if they don't go on, which a frozen parent cgroup would
  ///   explain
  public void thaw(long timeoutMillis) {
    Path directory = freezable("unpause");
    try {
      if (reaches(directory, Motion.THAWED, timeoutMillis)) {
        return;
      }
    } catch (KernelException e) {
      if (fs.exists(directory)) {
        throw e;
      }
    }
    // A container that ends meanwhile takes its cgroup along, and then nothing is frozen.
    if (fs.exists(directory)) {
      throw new KernelException(
          "thaw " + directory,
          "wait for " + timeoutMillis + " ms",
          Errno.ETIMEDOUT,
          "a cgroup above it may be frozen");
    }
  }

  /// Tells whether the container is frozen.
  public boolean isFrozen() {
    for (Path directory : directories) {
      if (fs.readIfThere(directory.resolve(EVENTS)).contains("frozen 1")
          || isFrozen(fs.readIfThere(directory.resolve(STATE)))) {
        return true;
      }
    }
    return false;
  }

  /// FREEZING is frozen as far as it was asked for: a process that can't be stopped may keep it so.
  private static boolean isFrozen(String state) {
    return state.startsWith("FROZEN") || state.startsWith("FREEZING");
  }

  /// Returns the processes of the container, those of cgroups below its own included, by their
  /// numbers in this process's pid namespace.
  public List<Integer> pids() {
    List<Integer> pids = new ArrayList<>();
    for (Path directory : directories) {
      if (fs.exists(directory)) {
        pids(directory, DEPTH_MAX, pids);
        return pids;
      }
    }
    return pids;
  }

  /// Kills all processes of the container, however fast they fork. They may not be gone on return.
  public void kill() {
    for (Path directory : directories) {
      if (fs.exists(directory.resolve(KILL))) {
        fs.write(directory.resolve(KILL), "1");
        return;
      }
    }
    killOneByOne();
  }

  /// Kills without cgroup.kill, which came with Linux 5.14 and which v1 lacks. Frozen processes
  /// can't fork away from the list; where nothing can be frozen, the list is read again until it
  /// holds no process that was not yet killed.
  private void killOneByOne() {
    List<Path> freezable = new ArrayList<>();
    for (Path directory : directories) {
      forbidForks(directory);
      if (isFreezable(directory)) {
        freezable.add(directory);
        var _ = reaches(directory, Motion.FROZEN, 1_000);
      }
    }
    Set<Integer> killed = new HashSet<>();
    int before;
    int round = 0;
    do {
      before = killed.size();
      for (Path directory : directories) {
        kill(directory, DEPTH_MAX, killed);
      }
      round++;
    } while (killed.size() > before && round < KILL_ROUNDS_MAX);
    // On v1 a frozen process takes the signal only when it is thawed.
    for (Path directory : freezable) {
      var _ = reaches(directory, Motion.THAWED, 1_000);
    }
  }

  /// Keeps the processes of a cgroup that is about to be removed from making others.
  private void forbidForks(Path directory) {
    if (fs.exists(directory.resolve(PIDS_MAX))) {
      try {
        fs.write(directory.resolve(PIDS_MAX), "0");
      } catch (KernelException _) {
        // Killing goes round by round all the same; ignored: ENODEV of a cgroup that goes away.
        return;
      }
    }
  }

  private void kill(Path directory, int depth, Set<Integer> killed) {
    for (int pid : members(directory)) {
      if (killed.add(pid)) {
        fs.kill(pid, directory);
      }
    }
    if (depth > 0) {
      for (String name : fs.directories(directory)) {
        kill(directory.resolve(name), depth - 1, killed);
      }
    }
  }

  /// Removes the container's cgroups and those that it made below them, waiting for processes that
  /// are still ending. It doesn't kill.
  ///
  /// @param timeoutMillis how long to wait at most
  /// @throws KernelException EBUSY if there still was a process, after the other cgroups were
  ///   removed
  public void remove(long timeoutMillis) {
    for (Path directory : directories) {
      if (fs.exists(directory.resolve(EVENTS))) {
        var _ = fs.await(directory.resolve(EVENTS), "populated 0", timeoutMillis);
      }
    }
    List<KernelException> failures = new ArrayList<>();
    long left = timeoutMillis;
    for (Path directory : directories) {
      try {
        left = remove(directory, left, DEPTH_MAX);
      } catch (KernelException e) {
        failures.add(e);
      }
    }
    if (!failures.isEmpty()) {
      KernelException first = failures.removeFirst();
      failures.forEach(first::addSuppressed);
      throw first;
    }
  }

  /// Returns what the container uses, has used and has been refused.
  public CgroupStats stats() {
    return CgroupStats.read(fs, directories);
  }

  /// Returns the kernel's figures by device, by page size and by kind of memory.
  public CgroupDetails details() {
    return CgroupDetails.read(fs, directories);
  }

  private void pids(Path directory, int depth, List<Integer> pids) {
    pids.addAll(members(directory));
    if (depth > 0) {
      for (String name : fs.directories(directory)) {
        pids(directory.resolve(name), depth - 1, pids);
      }
    }
  }

  private List<Integer> members(Path directory) {
    List<Integer> pids = new ArrayList<>();
    for (String line : fs.readIfThere(directory.resolve(PROCS)).lines().toList()) {
      int pid = Integer.parseInt(line);
      // Zero stands for a process that this pid namespace can't see.
      if (pid != 0) {
        pids.add(pid);
      }
    }
    return pids;
  }

  /// Removes a directory from the bottom up and returns how much of the time is left.
  private long remove(Path directory, long timeoutMillis, int depth) {
    if (!fs.exists(directory)) {
      return timeoutMillis;
    }
    long left = timeoutMillis;
    if (depth > 0) {
      for (String name : fs.directories(directory)) {
        left = remove(directory.resolve(name), left, depth - 1);
      }
    }
    long pause = 1;
    while (true) {
      try {
        fs.removeDirectory(directory);
        return left;
      } catch (KernelException e) {
        if (e.errno() == Errno.ENOENT) {
          return left;
        }
        if (e.errno() != Errno.EBUSY || left <= 0) {
          throw e;
        }
      }
      // cgroup v1 tells of no event when the last process has gone.
      fs.pause(pause);
      left -= pause;
      pause = Math.min(pause * 2, PAUSE_MILLIS_MAX);
    }
  }

  private Path freezable(String operation) {
    for (Path directory : directories) {
      if (isFreezable(directory)) {
        return directory;
      }
    }
    throw new UnsupportedException(
        operation,
        "the container has no cgroup that can be frozen",
        "run it as root, or under `systemd-run --user --scope -p Delegate=yes`");
  }

  private boolean isFreezable(Path directory) {
    return fs.exists(directory.resolve(FREEZE)) || fs.exists(directory.resolve(STATE));
  }

  /// Asks for a state and waits for it.
  private boolean reaches(Path directory, Motion motion, long timeoutMillis) {
    if (fs.exists(directory.resolve(FREEZE))) {
      fs.write(directory.resolve(FREEZE), motion == Motion.FROZEN ? "1" : "0");
      return fs.await(
          directory.resolve(EVENTS),
          motion == Motion.FROZEN ? "frozen 1" : "frozen 0",
          timeoutMillis);
    }
    String state = motion.name();
    long left = timeoutMillis;
    long pause = 1;
    while (true) {
      // Again each time: a process that forked meanwhile may have left the group half frozen.
      fs.write(directory.resolve(STATE), state);
      if (fs.read(directory.resolve(STATE)).startsWith(state)) {
        return true;
      }
      if (left <= 0) {
        return false;
      }
      fs.pause(pause);
      left -= pause;
      pause = Math.min(pause * 2, PAUSE_MILLIS_MAX);
    }
  }
}
