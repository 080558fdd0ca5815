package dev.brig.cli.files;

import dev.brig.cli.command.Context;
import dev.brig.error.UsageException;
import dev.brig.image.ImageException;
import dev.brig.image.layer.FdOutput;
import dev.brig.image.layer.TarWriter;
import dev.brig.linux.Fd;
import dev.brig.linux.FileStatus;
import dev.brig.linux.FileType;
import dev.brig.linux.Kernel;
import dev.brig.linux.Links;
import dev.brig.linux.OpenFlag;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;

/// Where an archive goes that a user asked for: standard output unless that is a terminal, or a
/// file, which is there only when it is whole.
final class TarOutput implements AutoCloseable {
  private static final int BUFFER_BYTES = 256 * 1024;

  private final Kernel kernel;
  private final Fd fd;
  private final OutputStream buffered;
  private final TarWriter tar;
  // Empty if the file is written as it is.
  private final String beside;
  private final String path;
  private boolean finished;

  private TarOutput(Kernel kernel, Fd fd, String beside, String path) {
    this.kernel = kernel;
    this.fd = fd;
    this.buffered = new BufferedOutputStream(new FdOutput(kernel.files(), fd), BUFFER_BYTES);
    this.tar = new TarWriter(buffered);
    this.beside = beside;
    this.path = path;
  }

  /// Opens the place.
  ///
  /// @param path the file, or empty or `-` for standard output
  static TarOutput open(Context context, String path) {
    Kernel kernel = context.kernel();
    if (path.isEmpty() || path.equals("-")) {
      if (kernel.terminals().settings(Fd.STDOUT).isPresent()) {
        throw new UsageException(
            "standard output",
            "an archive is not written to a terminal",
            "send it to a file or a pipe: > FILE");
      }
      context.out().flush();
      return new TarOutput(kernel, Fd.STDOUT, "", "");
    }
    Optional<FileStatus> there = kernel.attributes().statIfPresent(Fd.CWD, path, Links.NOFOLLOW);
    boolean special = there.isPresent() && there.get().type() != FileType.REGULAR;
    String beside = special ? "" : path + ".part-" + ProcessHandle.current().pid();
    Fd fd =
        special
            ? kernel.files().openat(Fd.CWD, path, OpenFlag.O_WRONLY)
            : kernel
                .files()
                .openat(Fd.CWD, beside, 0644, OpenFlag.O_WRONLY, OpenFlag.O_CREAT, OpenFlag.O_EXCL);
    return new TarOutput(kernel, fd, beside, path);
  }

  TarWriter tar() {
    return tar;
  }

  /// Ends the archive and gives the file its name.
  void finish() {
    try {
      tar.finish();
      buffered.flush();
    } catch (IOException e) {
      throw new ImageException("archive", "cannot be written: " + e.getMessage(), "", e);
    }
    if (!beside.isEmpty()) {
      kernel.tree().rename(Fd.CWD, beside, Fd.CWD, path);
    }
    finished = true;
  }

  @Override
  public void close() {
    fd.close();
    if (!finished && !beside.isEmpty()) {
      var _ = kernel.tree().unlinkIfPresent(Fd.CWD, beside);
    }
  }
}
