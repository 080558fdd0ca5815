package dev.brig.cli.output;

import dev.brig.linux.Errno;
import dev.brig.linux.Fd;
import dev.brig.linux.FileStatus;
import dev.brig.linux.FileType;
import dev.brig.linux.Kernel;
import dev.brig.linux.KernelException;
import dev.brig.linux.Links;
import dev.brig.linux.OpenFlag;
import java.util.Optional;

/// A file that gets its name when it is whole. Until then it has none, where the file system can do
/// that, so that nothing is left of a brig that was killed; open(2), `O_TMPFILE`. A device or a
/// pipe is written as it is.
public final class NewFile implements AutoCloseable {
  private final Kernel kernel;
  private final Fd fd;
  private final String path;
  private Name name;

  /// What it is called by now.
  private enum Name {
    /// It is a file without a name.
    NONE,
    /// It has a name beside the one that it is to have.
    BESIDE,
    /// It has its own.
    OWN
  }

  private NewFile(Kernel kernel, Fd fd, String path, Name name) {
    this.kernel = kernel;
    this.fd = fd;
    this.path = path;
    this.name = name;
  }

  /// Makes a file.
  ///
  /// @param path where it is to be; a file that is there is replaced when this is finished
  /// @param permissions of a new file
  /// @throws KernelException if it can't be made there
  public static NewFile of(Kernel kernel, String path, int permissions) {
    Optional<FileStatus> there = kernel.attributes().statIfPresent(Fd.CWD, path, Links.FOLLOW);
    if (there.isPresent() && there.get().type() != FileType.REGULAR) {
      Fd fd = kernel.files().openat(Fd.CWD, path, OpenFlag.O_WRONLY);
      return new NewFile(kernel, fd, path, Name.OWN);
    }
    String directory = path.substring(0, path.lastIndexOf('/') + 1);
    OpenFlag[] nameless = {OpenFlag.O_WRONLY, OpenFlag.O_TMPFILE};
    try {
      String place = directory.isEmpty() ? "." : directory;
      Fd fd = kernel.files().openat(Fd.CWD, place, permissions, nameless);
      return new NewFile(kernel, fd, path, Name.NONE);
    } catch (KernelException e) {
      if (e.errno() != Errno.EOPNOTSUPP && e.errno() != Errno.EISDIR) {
        throw e;
      }
      OpenFlag[] plain = {OpenFlag.O_WRONLY, OpenFlag.O_CREAT, OpenFlag.O_TRUNC};
      Fd fd = kernel.files().openat(Fd.CWD, beside(path), permissions, plain);
      return new NewFile(kernel, fd, path, Name.BESIDE);
    }
  }

  private static String beside(String path) {
    return path + ".part-" + ProcessHandle.current().pid();
  }

  /// Returns what is written to, owned by this.
  public Fd fd() {
    return fd;
  }

  /// Gives it its name.
  public void finish() {
    if (name == Name.NONE) {
      kernel.tree().linkat(fd, Fd.CWD, beside(path));
      name = Name.BESIDE;
    }
    if (name == Name.BESIDE) {
      kernel.tree().rename(Fd.CWD, beside(path), Fd.CWD, path);
      name = Name.OWN;
    }
  }

  @Override
  public void close() {
    fd.close();
    if (name == Name.BESIDE) {
      var _ = kernel.tree().unlinkIfPresent(Fd.CWD, beside(path));
    }
  }
}
