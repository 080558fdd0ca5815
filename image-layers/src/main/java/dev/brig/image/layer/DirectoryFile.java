package dev.brig.image.layer;

import dev.brig.linux.Device;
import dev.brig.linux.DirectoryEntry;
import dev.brig.linux.Errno;
import dev.brig.linux.Fd;
import dev.brig.linux.FileStatus;
import dev.brig.linux.FileType;
import dev.brig.linux.Kernel;
import dev.brig.linux.OpenFlag;
import dev.brig.linux.OpenHow;
import dev.brig.linux.OpenResult;
import dev.brig.linux.ResolveFlag;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A file of a layer that is kept as a directory.
final class DirectoryFile implements LayerFile {
  private static final OpenHow COMPONENT =
      new OpenHow(
          List.of(OpenFlag.O_PATH, OpenFlag.O_NOFOLLOW),
          0,
          List.of(ResolveFlag.RESOLVE_BENEATH, ResolveFlag.RESOLVE_NO_SYMLINKS));

  private final Kernel kernel;
  private final Fd fd;
  private final FileStatus status;

  /// Makes a file of a descriptor.
  ///
  /// @param fd opened with `O_PATH|O_NOFOLLOW`; closed with this, also if this throws
  DirectoryFile(Kernel kernel, Fd fd) {
    this.kernel = kernel;
    this.fd = fd;
    try {
      this.status = kernel.attributes().stat(fd);
    } catch (RuntimeException e) {
      fd.close();
      throw e;
    }
  }

  @Override
  public FileType type() {
    return status.type();
  }

  @Override
  public Attributes attributes() {
    Map<String, byte[]> xattrs = new LinkedHashMap<>();
    for (String name : kernel.xattrs().list(fd)) {
      kernel.xattrs().get(fd, name).ifPresent(value -> xattrs.put(name, value));
    }
    return LayerFile.attributes(
        status.permissions(),
        Integer.toUnsignedLong(status.uid()),
        Integer.toUnsignedLong(status.gid()),
        status.modified(),
        xattrs);
  }

  @Override
  public Optional<byte[]> xattr(String name) {
    return kernel.xattrs().get(fd, name);
  }

  @Override
  public long sizeBytes() {
    return status.sizeBytes();
  }

  @Override
  public Device special() {
    return status.special();
  }

  @Override
  public String target() {
    return kernel.tree().readlinkat(fd, "");
  }

  @Override
  public Optional<LayerFile> child(String name) {
    if (!isDirectory()) {
      return Optional.empty();
    }
    return switch (kernel.files().tryOpenat2(fd, name, COMPONENT)) {
      case OpenResult.Opened(Fd found) -> Optional.of(new DirectoryFile(kernel, found));
      case OpenResult.Refused(Errno errno) -> {
        if (errno == Errno.ENOENT) {
          yield Optional.empty();
        }
        // Anything else has to be told, which the throwing form of the call does.
        yield Optional.of(new DirectoryFile(kernel, kernel.files().openat2(fd, name, COMPONENT)));
      }
    };
  }

  @Override
  public List<String> names() {
    List<String> names = new ArrayList<>();
    try (Fd open =
        kernel.files().openat(Fd.CWD, fd.path(), OpenFlag.O_RDONLY, OpenFlag.O_DIRECTORY)) {
      for (DirectoryEntry entry : kernel.tree().list(open)) {
        names.add(entry.name());
      }
    }
    return names;
  }

  @Override
  public int linkCount() {
    return status.linkCount();
  }

  @Override
  public long inode() {
    return status.inode();
  }

  @Override
  public Contents contents() {
    // The descriptor is of a regular file, so that opening what it stands for is safe.
    Fd open = kernel.files().openat(Fd.CWD, fd.path(), OpenFlag.O_RDONLY, OpenFlag.O_NONBLOCK);
    return new Contents() {
      @Override
      public int read(ByteBuffer buffer, long position) {
        return kernel.files().pread(open, buffer, position);
      }

      @Override
      public void close() {
        open.close();
      }
    };
  }

  @Override
  public void close() {
    fd.close();
  }
}
