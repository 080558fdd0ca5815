package dev.brig.runtime.container;

import dev.brig.linux.Errno;
import dev.brig.linux.Fd;
import dev.brig.linux.FileStatus;
import dev.brig.linux.Kernel;
import dev.brig.linux.KernelException;
import dev.brig.linux.Links;
import dev.brig.linux.Lock;
import dev.brig.linux.OpenFlag;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/// The lock of one container: the right to act on it, and, in the supervising program's hands, the
/// sign that it runs.
///
/// The lock file is removed with the lock held, so that whoever gets the lock of a file that has
/// lost its name meanwhile has nothing and starts anew. The kernel releases the lock when the last
/// descriptor of the open file is closed, however the holders end.
///
/// @see <a href="https://man7.org/linux/man-pages/man2/flock.2.html">flock(2)</a>
final class ContainerLock implements AutoCloseable {
  private static final int PRIVATE_DIRECTORY = 0700;
  private static final int PRIVATE_FILE = 0600;
  // Each round is lost to another brig that removed what this one had just made.
  private static final int ROUNDS_MAX = 1000;

  private static final String NEW = "new\n";

  private final Kernel kernel;
  private final ContainerPaths paths;
  private final Fd fd;

  ContainerLock(Kernel kernel, ContainerPaths paths, Fd fd) {
    this.kernel = kernel;
    this.paths = paths;
    this.fd = fd;
  }

  /// Takes the lock, making the files for it.
  ///
  /// @param limit how long another holder is waited for
  /// @return empty if the other holder did not give it up
  /// @throws KernelException ENOENT if the directory of all locks is not there
  static Optional<ContainerLock> take(Kernel kernel, ContainerPaths paths, Duration limit) {
    for (int round = 0; round < ROUNDS_MAX; round++) {
      var _ = kernel.tree().mkdirIfAbsent(Fd.CWD, paths.run().toString(), PRIVATE_DIRECTORY);
      Optional<Fd> open = open(kernel, paths);
      if (open.isEmpty()) {
        continue;
      }
      Fd fd = open.get();
      boolean taken = false;
      try {
        if (!lockWithin(kernel, fd, Lock.EXCLUSIVE, limit)) {
          return Optional.empty();
        }
        taken = hasName(kernel, paths, fd);
        if (taken) {
          return Optional.of(new ContainerLock(kernel, paths, fd));
        }
      } finally {
        if (!taken) {
          fd.close();
        }
      }
    }
    throw new ContainerException(
        ContainerException.Problem.BUSY,
        "lock " + paths.lock(),
        "the file was removed again and again",
        "");
  }

  /// Takes the lock if its directory is there and nobody has it: what a sweep does.
  static Optional<ContainerLock> takeIdle(Kernel kernel, ContainerPaths paths) {
    Optional<Fd> open = open(kernel, paths);
    if (open.isEmpty()) {
      return Optional.empty();
    }
    Fd fd = open.get();
    boolean taken = false;
    try {
      taken = kernel.files().tryLock(fd, Lock.EXCLUSIVE) && hasName(kernel, paths, fd);
      return taken ? Optional.of(new ContainerLock(kernel, paths, fd)) : Optional.empty();
    } finally {
      if (!taken) {
        fd.close();
      }
    }
  }

  /// Tells whether somebody has the lock.
  static boolean isHeld(Kernel kernel, ContainerPaths paths) {
    Optional<Fd> open =
        kernel
            .files()
            .openIfPresent(Fd.CWD, paths.lock().toString(), OpenFlag.O_RDONLY, OpenFlag.O_NOFOLLOW);
    if (open.isEmpty()) {
      return false;
    }
    try (Fd fd = open.get()) {
      // Shared, so that two who look do not see each other.
      return !kernel.files().tryLock(fd, Lock.SHARED);
    }
  }

  /// Notes that its holder is making the container: whoever finds the lock free and this note in
  /// its file knows that the maker was killed before the container was started or let go.
  void markNew() {
    kernel.files().writeAll(fd, NEW.getBytes(StandardCharsets.US_ASCII));
  }

  /// Tells whether the container's maker was killed before it was done.
  ///
  /// A lock file that another brig has just made, to act on a container that is whole, is empty.
  boolean isNew() {
    kernel.files().seek(fd, 0);
    return new StateFiles(kernel).text(fd).equals(NEW);
  }

  /// Returns the files of the container whose lock this is.
  ContainerPaths paths() {
    return paths;
  }

  /// Returns the descriptor that holds the lock.
  Fd fd() {
    return fd;
  }

  /// Removes the files that die with the machine and gives the lock up.
  void release() {
    StateFiles files = new StateFiles(kernel);
    files.remove(paths.stdin());
    files.remove(paths.pid());
    files.remove(paths.standstill());
    files.remove(paths.lock());
    // Not empty if the next holder has made its lock file in it already.
    var _ = files.removeDirectory(paths.run());
    fd.close();
  }

  /// Gives the lock up and leaves its files: the next sweep finds them.
  @Override
  public void close() {
    fd.close();
  }

  private static Optional<Fd> open(Kernel kernel, ContainerPaths paths) {
    try {
      return Optional.of(
          kernel
              .files()
              .openat(
                  Fd.CWD,
                  paths.lock().toString(),
                  PRIVATE_FILE,
                  OpenFlag.O_RDWR,
                  OpenFlag.O_CREAT,
                  OpenFlag.O_NOFOLLOW));
    } catch (KernelException e) {
      if (e.errno() == Errno.ENOENT) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static boolean hasName(Kernel kernel, ContainerPaths paths, Fd fd) {
    Optional<FileStatus> named =
        kernel.attributes().statIfPresent(Fd.CWD, paths.lock().toString(), Links.NOFOLLOW);
    return named.isPresent() && named.get().sameFile(kernel.attributes().stat(fd));
  }

  /// Takes a lock on an open file, waiting for at most so long.
  ///
  /// flock(2) knows no time limit, so that a thread of its own waits. If the time is over it may
  /// still get the lock; it is lost again as soon as the descriptor, which the caller then closes,
  /// is.
  ///
  /// @return whether the lock was taken
  static boolean lockWithin(Kernel kernel, Fd fd, Lock kind, Duration limit) {
    if (kernel.files().tryLock(fd, kind)) {
      return true;
    }
    if (limit.isZero()) {
      return false;
    }
    Thread waiting =
        Thread.ofPlatform().daemon().name("lock").start(() -> kernel.files().lock(fd, kind));
    try {
      return waiting.join(limit);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
