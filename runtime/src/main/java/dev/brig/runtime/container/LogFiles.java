package dev.brig.runtime.container;

import dev.brig.linux.Fd;
import dev.brig.linux.Kernel;
import dev.brig.linux.OpenFlag;
import java.nio.file.Path;
import java.util.Optional;

/// The records of a container's log: those of the file before, if there is one, and those of the
/// present one, and of the next when the program begins that.
final class LogFiles implements AutoCloseable {
  private final Kernel kernel;
  private final ContainerPaths paths;
  private Fd fd;
  private LogFile file;
  private boolean before;
  private int begun;

  private LogFiles(Kernel kernel, ContainerPaths paths, Fd fd, Path path) {
    this.kernel = kernel;
    this.paths = paths;
    this.fd = fd;
    this.file = new LogFile(kernel, path, fd);
    this.before = path.equals(paths.logBefore());
  }

  /// Opens the log; empty if there is none.
  static Optional<LogFiles> open(Kernel kernel, ContainerPaths paths) {
    for (Path path : new Path[] {paths.logBefore(), paths.log()}) {
      Optional<Fd> fd = open(kernel, path);
      if (fd.isPresent()) {
        return Optional.of(new LogFiles(kernel, paths, fd.get(), path));
      }
    }
    return Optional.empty();
  }

  private static Optional<Fd> open(Kernel kernel, Path path) {
    return kernel
        .files()
        .openIfPresent(Fd.CWD, path.toString(), OpenFlag.O_RDONLY, OpenFlag.O_NOFOLLOW);
  }

  /// Moves to the next record.
  ///
  /// @return whether there is a whole one
  /// @throws ContainerException if the log is damaged there
  boolean next() {
    while (true) {
      if (file.next()) {
        return true;
      }
      if (!file.isContinued() && !before) {
        return false;
      }
      Optional<Fd> following = open(kernel, paths.log());
      if (following.isEmpty()) {
        return false;
      }
      fd.close();
      fd = following.get();
      file = new LogFile(kernel, paths.log(), fd);
      before = false;
      begun++;
    }
  }

  /// Returns the record.
  LogFile record() {
    return file;
  }

  /// Returns how many files were begun after the first.
  int begun() {
    return begun;
  }

  @Override
  public void close() {
    fd.close();
  }
}
