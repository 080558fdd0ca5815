package dev.brig.runtime.container;

import dev.brig.linux.Fd;
import dev.brig.linux.Kernel;
import dev.brig.linux.Lock;
import dev.brig.linux.OpenFlag;
import dev.brig.linux.WatchEvent;
import java.time.Duration;
import java.util.Optional;

/// Waits for a container's end.
///
/// The event is the lock: the kernel gives it to the next who wants it when the supervising
/// program, and the brig that it may have become, are gone. The end itself is read through a
/// descriptor that was opened before, so that a container that is removed when it ends has told its
/// status nevertheless.
public final class Waiter {
  private static final Duration LONG = Duration.ofDays(365);

  private final Kernel kernel;
  private final ContainerStore store;

  /// Makes one for the containers of a store.
  public Waiter(Kernel kernel, ContainerStore store) {
    this.kernel = kernel;
    this.store = store;
  }

  /// Waits until the container has ended, first for its start if it was never started.
  ///
  /// @return how it ended
  /// @throws ContainerException if it is removed without having been started
  public ExitRecord await(Container container) {
    Optional<ExitRecord> exit = await(container, LONG);
    while (exit.isEmpty()) {
      exit = await(container, LONG);
    }
    return exit.get();
  }

  /// Waits until the container has ended, first for its start if it was never started.
  ///
  /// @param limit how long at most
  /// @return how it ended, or empty if the time is over
  /// @throws ContainerException if it is removed without having been started
  public Optional<ExitRecord> await(Container container, Duration limit) {
    long end = System.nanoTime() + limit.toNanos();
    Optional<Fd> life = awaitStart(container, end);
    if (life.isEmpty()) {
      return Optional.empty();
    }
    try (Fd fd = life.get()) {
      return awaitEnd(container, fd, end);
    }
  }

  private Optional<ExitRecord> awaitEnd(Container container, Fd life, long end) {
    ContainerPaths paths = container.paths();
    Optional<Fd> lock = open(paths.lock().toString());
    Life before = read(life);
    // A first line alone, and no lock any more: the supervising program has gone this moment.
    if (before.exit() == null && lock.isPresent()) {
      try (Fd fd = lock.get()) {
        if (!ContainerLock.lockWithin(kernel, fd, Lock.SHARED, rest(end))) {
          return Optional.empty();
        }
      }
    }
    ExitRecord exit = read(life).exit();
    if (exit == null) {
      // The supervising program was killed; the sweep records what became of the container.
      var _ = store.sweep();
      exit = read(life).exit();
    }
    return Optional.of(exit == null ? ExitRecord.unknown(ContainerFiles.now()) : exit);
  }

  /// Opens the file that tells of the container's life, when it is there.
  private Optional<Fd> awaitStart(Container container, long end) {
    String file = container.paths().exit().toString();
    Optional<Fd> open = open(file);
    if (open.isPresent()) {
      return open;
    }
    try (Fd inotify = kernel.events().inotifyInit()) {
      boolean there =
          kernel
              .events()
              .watch(
                  inotify,
                  container.paths().directory().toString(),
                  WatchEvent.IN_CREATE,
                  WatchEvent.IN_MOVED_TO,
                  WatchEvent.IN_DELETE,
                  WatchEvent.IN_DELETE_SELF);
      if (!there) {
        throw ContainerStore.noSuch(container.name());
      }
      while (true) {
        open = open(file);
        if (open.isPresent()) {
          return open;
        }
        if (!kernel.attributes().exists(container.paths().record().toString())) {
          throw ContainerStore.noSuch(container.name());
        }
        if (kernel.events().awaitReadable(rest(end), inotify) < 0) {
          return Optional.empty();
        }
        kernel.events().drain(inotify);
      }
    }
  }

  private Life read(Fd life) {
    kernel.files().seek(life, 0);
    return Life.parse(new StateFiles(kernel).text(life));
  }

  private Optional<Fd> open(String file) {
    return kernel.files().openIfPresent(Fd.CWD, file, OpenFlag.O_RDONLY, OpenFlag.O_NOFOLLOW);
  }

  private static Duration rest(long end) {
    return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
  }
}
