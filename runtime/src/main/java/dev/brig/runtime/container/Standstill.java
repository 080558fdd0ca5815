package dev.brig.runtime.container;

import dev.brig.linux.Fd;
import dev.brig.linux.Kernel;
import dev.brig.linux.Lock;
import dev.brig.linux.OpenFlag;

/// A running container that stands still while its files are read, and goes on when this is closed;
/// if its holder is killed, when the next brig sweeps. A container that its user has paused stays
/// so.
public final class Standstill implements AutoCloseable {
  private final Kernel kernel;
  private final ContainerPaths paths;
  private final Runnable thaw;
  private final Fd mark;

  private Standstill(Kernel kernel, ContainerPaths paths, Runnable thaw, Fd mark) {
    this.kernel = kernel;
    this.paths = paths;
    this.thaw = thaw;
    this.mark = mark;
  }

  /// Makes a running container stand still; waits for another brig that does the same.
  ///
  /// @param store finds the container as it is when it is this brig's turn
  /// @throws dev.brig.error.UnsupportedException if it has no cgroup that can be frozen
  public static Standstill of(
      Kernel kernel, ContainerStore store, CgroupControl cgroups, Container which) {
    ContainerPaths paths = which.paths();
    Fd mark =
        kernel
            .files()
            .openat(
                Fd.CWD,
                paths.standstill().toString(),
                0600,
                OpenFlag.O_RDWR,
                OpenFlag.O_CREAT,
                OpenFlag.O_NOFOLLOW);
    try {
      kernel.files().lock(mark, Lock.EXCLUSIVE);
      Container now = store.find(which.id().text());
      if (now.status() != ContainerStatus.RUNNING) {
        return new Standstill(kernel, paths, () -> {}, mark);
      }
      cgroups.freeze(now.record().cgroups());
      return new Standstill(kernel, paths, () -> cgroups.thaw(now.record().cgroups()), mark);
    } catch (RuntimeException e) {
      new StateFiles(kernel).remove(paths.standstill());
      mark.close();
      throw e;
    }
  }

  /// Lets the container go on.
  @Override
  public void close() {
    try (mark) {
      thaw.run();
      new StateFiles(kernel).remove(paths.standstill());
    }
  }
}
