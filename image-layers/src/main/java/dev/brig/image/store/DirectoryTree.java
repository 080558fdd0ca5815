package dev.brig.image.store;

import dev.brig.error.BrigException;
import dev.brig.image.ImageException;
import dev.brig.image.layer.FdStream;
import dev.brig.image.store.BlobStore.OpenBlob;
import dev.brig.linux.Errno;
import dev.brig.linux.Fd;
import dev.brig.linux.FileStatus;
import dev.brig.linux.FileType;
import dev.brig.linux.Kernel;
import dev.brig.linux.OpenFlag;
import dev.brig.linux.OpenHow;
import dev.brig.linux.OpenResult;
import dev.brig.linux.ResolveFlag;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An image in a directory. Symbolic links are followed as long as they stay inside.
final class DirectoryTree implements SourceTree {
  // Without O_NONBLOCK opening a FIFO would wait for a writer for ever.
  private static final OpenHow BENEATH =
      new OpenHow(
          List.of(OpenFlag.O_RDONLY, OpenFlag.O_NONBLOCK),
          0,
          List.of(ResolveFlag.RESOLVE_BENEATH, ResolveFlag.RESOLVE_NO_MAGICLINKS));

  private final Kernel kernel;
  private final String name;
  private final Fd root;

  DirectoryTree(Kernel kernel, String path) {
    this.kernel = kernel;
    this.name = path;
    this.root = kernel.files().openat(Fd.CWD, path, OpenFlag.O_RDONLY, OpenFlag.O_DIRECTORY);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public @Nullable OpenBlob open(String path) {
    OpenResult result = kernel.files().tryOpenat2(root, path, BENEATH);
    return switch (result) {
      case OpenResult.Opened(Fd fd) -> regular(fd, path);
      case OpenResult.Refused(Errno errno) -> {
        if (errno == Errno.ENOENT || errno == Errno.ENOTDIR) {
          yield null;
        }
        if (errno == Errno.EXDEV || errno == Errno.ELOOP) {
          throw new ImageException(
              name + ": \"" + path + "\"", "a symbolic link that leads out of the layout", "");
        }
        // Anything else is told by the call itself.
        yield regular(kernel.files().openat2(root, path, BENEATH), path);
      }
    };
  }

  private OpenBlob regular(Fd fd, String path) {
    try {
      if (kernel.attributes().stat(fd).type() == FileType.REGULAR) {
        return new OpenBlob(fd, new FdStream(kernel.files(), fd));
      }
      throw new ImageException(name + ": \"" + path + "\"", "not a regular file", "");
    } catch (BrigException e) {
      fd.close();
      throw e;
    }
  }

  @Override
  public long size(String path) {
    try (OpenBlob blob = open(path)) {
      if (blob == null) {
        return -1;
      }
      FileStatus status = kernel.attributes().stat(blob.fd());
      return status.sizeBytes();
    }
  }

  @Override
  public void close() {
    root.close();
  }
}
