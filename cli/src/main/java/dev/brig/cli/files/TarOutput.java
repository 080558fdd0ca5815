package dev.brig.cli.files;

import dev.brig.cli.command.Context;
import dev.brig.cli.output.NewFile;
import dev.brig.error.UsageException;
import dev.brig.image.ImageException;
import dev.brig.image.layer.FdOutput;
import dev.brig.image.layer.TarWriter;
import dev.brig.linux.Fd;
import dev.brig.linux.Kernel;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/// Where an archive goes that a user asked for: standard output unless that is a terminal, or a
/// file, which is there only when it is whole.
final class TarOutput implements AutoCloseable {
  private static final int BUFFER_BYTES = 256 * 1024;

  // Null for standard output.
  private final @Nullable NewFile file;
  private final OutputStream buffered;
  private final TarWriter tar;

  private TarOutput(Kernel kernel, Fd fd, @Nullable NewFile file) {
    this.file = file;
    this.buffered = new BufferedOutputStream(new FdOutput(kernel.files(), fd), BUFFER_BYTES);
    this.tar = new TarWriter(buffered);
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
      return new TarOutput(kernel, Fd.STDOUT, null);
    }
    NewFile file = NewFile.of(kernel, path, 0644);
    return new TarOutput(kernel, file.fd(), file);
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
    if (file != null) {
      file.finish();
    }
  }

  @Override
  public void close() {
    if (file != null) {
      file.close();
    }
  }
}
