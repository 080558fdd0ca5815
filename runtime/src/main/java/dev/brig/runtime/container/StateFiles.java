package dev.brig.runtime.container;

import dev.brig.linux.Errno;
import dev.brig.linux.Fd;
import dev.brig.linux.FileCalls;
import dev.brig.linux.Kernel;
import dev.brig.linux.KernelException;
import dev.brig.linux.OpenFlag;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/// Small files of brig's own, read and written whole.
final class StateFiles {
  private static final int LENGTH_MAX = 16 << 20;
  private static final int PRIVATE = 0600;
  private static final int READABLE = 0644;

  private final Kernel kernel;

  /// Whether a file has to survive the machine's crash.
  enum Durability {
    /// It is stored before the call returns.
    STORED,
    /// It is stored when the kernel sees fit.
    CACHED
  }

  StateFiles(Kernel kernel) {
    this.kernel = kernel;
  }

  /// Returns the text of a file, or empty if it is not there.
  Optional<String> read(Path file) {
    Optional<Fd> open =
        kernel
            .files()
            .openIfPresent(Fd.CWD, file.toString(), OpenFlag.O_RDONLY, OpenFlag.O_NOFOLLOW);
    if (open.isEmpty()) {
      return Optional.empty();
    }
    try (Fd fd = open.get()) {
      return Optional.of(text(fd));
    }
  }

  /// Returns what an open file holds from its position on.
  String text(Fd fd) {
    return new String(kernel.files().readAll(fd, LENGTH_MAX), StandardCharsets.UTF_8);
  }

  /// Writes a file that nobody reads before its writer is done.
  void write(Path file, String text, Durability durability) {
    FileCalls files = kernel.files();
    try (Fd fd =
        files.openat(
            Fd.CWD,
            file.toString(),
            PRIVATE,
            OpenFlag.O_WRONLY,
            OpenFlag.O_CREAT,
            OpenFlag.O_TRUNC,
            OpenFlag.O_NOFOLLOW)) {
      files.writeAll(fd, text.getBytes(StandardCharsets.UTF_8));
      if (durability == Durability.STORED) {
        files.fsync(fd);
      }
    }
  }

  /// Writes a file that everyone may read, whatever the caller's umask, and that is not there.
  void writeReadable(Path file, String text, Durability durability) {
    FileCalls files = kernel.files();
    try (Fd fd =
        files.openat(
            Fd.CWD,
            file.toString(),
            READABLE,
            OpenFlag.O_WRONLY,
            OpenFlag.O_CREAT,
            OpenFlag.O_EXCL,
            OpenFlag.O_NOFOLLOW)) {
      kernel.attributes().chmod(fd, READABLE);
      files.writeAll(fd, text.getBytes(StandardCharsets.UTF_8));
      if (durability == Durability.STORED) {
        files.fsync(fd);
      }
    } catch (KernelException e) {
      throw e.during("write " + file);
    }
  }

  /// Writes a file that others read at any time: they see nothing, the old text or the new one.
  void replace(Path file, String text, Durability durability) {
    Path beside = file.resolveSibling(file.getFileName() + ".new");
    write(beside, text, durability);
    kernel.tree().rename(Fd.CWD, beside.toString(), Fd.CWD, file.toString());
  }

  /// Appends to a file.
  void append(Path file, String text) {
    try (Fd fd =
        kernel
            .files()
            .openat(
                Fd.CWD,
                file.toString(),
                PRIVATE,
                OpenFlag.O_WRONLY,
                OpenFlag.O_CREAT,
                OpenFlag.O_APPEND,
                OpenFlag.O_NOFOLLOW)) {
      kernel.files().writeAll(fd, text.getBytes(StandardCharsets.UTF_8));
    }
  }

  /// Waits until the entries of a directory are stored.
  void store(Path directory) {
    try (Fd fd =
        kernel
            .files()
            .openat(Fd.CWD, directory.toString(), OpenFlag.O_RDONLY, OpenFlag.O_DIRECTORY)) {
      kernel.files().fsync(fd);
    }
  }

  /// Removes a file if it is there.
  void remove(Path file) {
    var _ = kernel.tree().unlinkIfPresent(Fd.CWD, file.toString());
  }

  /// Removes a directory if it is there and empty.
  ///
  /// @return whether it is gone
  boolean removeDirectory(Path directory) {
    try {
      var _ = kernel.tree().rmdirIfPresent(Fd.CWD, directory.toString());
      return true;
    } catch (KernelException e) {
      if (e.errno() == Errno.ENOTEMPTY || e.errno() == Errno.EEXIST) {
        return false;
      }
      throw e;
    }
  }
}
