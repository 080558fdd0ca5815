package dev.brig.image.tree;

import dev.brig.image.layer.Attributes;
import dev.brig.image.layer.TarContent.Segment;
import dev.brig.image.layer.TarEntry;
import dev.brig.image.layer.TarReader;
import dev.brig.image.tree.EntrySink.FileBytes;
import dev.brig.linux.Errno;
import dev.brig.linux.Fd;
import dev.brig.linux.FileCalls;
import dev.brig.linux.FileStatus;
import dev.brig.linux.FileType;
import dev.brig.linux.Kernel;
import dev.brig.linux.KernelException;
import dev.brig.linux.Links;
import dev.brig.linux.OpenFlag;
import dev.brig.linux.Timestamp;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// Makes single files: bytes, then owner, permissions, extended attributes and times, in the order
/// in which none undoes another.
final class FileMaker {
  private static final int BUFFER_BYTES = 256 * 1024;

  private final Kernel kernel;
  private final Owners owners;
  private final Consumer<String> losses;
  private final int euid;
  private final int egid;
  private final ByteBuffer direct = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private final byte[] buffer = new byte[BUFFER_BYTES];

  FileMaker(Kernel kernel, Owners owners, Consumer<String> losses) {
    this.kernel = kernel;
    this.owners = owners;
    this.losses = losses;
    this.euid = kernel.processes().euid();
    this.egid = kernel.processes().egid();
  }

  /// A regular file that is to be made.
  ///
  /// @param sizeBytes its size
  /// @param segments where an archive's data belong
  /// @param data its data
  record Regular(long sizeBytes, List<Segment> segments, FileBytes data) {}

  /// Makes a regular file under a name that nothing has.
  void regular(Fd parent, String name, Regular file, TarEntry entry) {
    OpenFlag[] flags = {OpenFlag.O_WRONLY, OpenFlag.O_CREAT, OpenFlag.O_EXCL, OpenFlag.O_NOFOLLOW};
    try (Fd fd = kernel.files().openat(parent, name, 0600, flags)) {
      switch (file.data()) {
        case FileBytes.OfFile(Fd from) -> copy(from, fd);
        case FileBytes.OfArchive(TarReader from) -> copy(from, fd, file);
        case FileBytes.None _ -> {}
      }
      give(fd, entry.attributes(), entry.name());
    }
  }

  /// Copies a file, holes as holes, blocks shared where the file system can.
  private void copy(Fd from, Fd to) {
    FileCalls files = kernel.files();
    long size = kernel.attributes().stat(from).sizeBytes();
    if (size == 0 || files.cloneInto(from, to)) {
      return;
    }
    long position = 0;
    while (position < size) {
      long start = files.seekData(from, position, size);
      long end = start >= size ? size : files.seekHole(from, start, size);
      copy(from, to, start, end);
      position = Math.max(end, start);
    }
    files.ftruncate(to, size);
  }

  private void copy(Fd from, Fd to, long start, long end) {
    FileCalls files = kernel.files();
    long position = start;
    while (position < end) {
      direct.clear().limit((int) Math.min(BUFFER_BYTES, end - position));
      int count = files.pread(from, direct, position);
      if (count == 0) {
        return;
      }
      direct.flip();
      long at = position;
      while (direct.hasRemaining()) {
        at += files.pwrite(to, direct, at);
      }
      position = at;
    }
  }

  private void copy(TarReader from, Fd to, Regular file) {
    FileCalls files = kernel.files();
    for (Segment segment : file.segments()) {
      long at = segment.offset();
      long left = segment.lengthBytes();
      while (left > 0) {
        int count = from.read(buffer, 0, (int) Math.min(BUFFER_BYTES, left));
        if (count <= 0) {
          break;
        }
        direct.clear().put(buffer, 0, count).flip();
        while (direct.hasRemaining()) {
          at += files.pwrite(to, direct, at);
        }
        left -= count;
      }
    }
    files.ftruncate(to, file.sizeBytes());
  }

  /// Writes a file's bytes over another's, which keeps its place.
  void overwrite(Fd parent, String from, String name) {
    try (Fd source = kernel.files().openat(parent, from, OpenFlag.O_RDONLY, OpenFlag.O_NOFOLLOW);
        Fd node = kernel.files().openat(parent, name, OpenFlag.O_PATH, OpenFlag.O_NOFOLLOW)) {
      if (kernel.attributes().stat(node).type() != FileType.REGULAR) {
        throw new KernelException("", "open(\"" + name + "\")", Errno.EBUSY, "");
      }
      try (Fd target =
          kernel.files().openat(Fd.CWD, node.path(), OpenFlag.O_WRONLY, OpenFlag.O_TRUNC)) {
        copy(source, target);
      }
    }
  }

  /// Gives a directory that an archive only implies to its owner.
  void ownImplied(Fd above, String name) {
    if (owners instanceof Owners.One(long uid, long gid)) {
      chown(above, name, (int) uid, (int) gid);
    }
  }

  private void chown(Fd above, String name, int uid, int gid) {
    if (uid != euid || gid != egid) {
      kernel.attributes().chownat(above, name, uid, gid, Links.NOFOLLOW);
    }
  }

  /// Gives a file that is no regular one what it has.
  void giveByName(Fd parent, String name, Attributes attributes, String path) {
    try (Fd fd = kernel.files().openat(parent, name, OpenFlag.O_PATH, OpenFlag.O_NOFOLLOW)) {
      give(fd, attributes, path);
    }
  }

  /// Gives an open file what it has besides its bytes.
  void give(Fd fd, Attributes attributes, String path) {
    FileStatus status = kernel.attributes().stat(fd);
    int uid = (int) owners.uid(attributes);
    int gid = (int) owners.gid(attributes);
    if (uid != status.uid() || gid != status.gid()) {
      kernel.attributes().chown(fd, uid, gid);
    }
    if (status.type() != FileType.SYMLINK) {
      kernel.attributes().chmod(fd, attributes.mode());
    }
    for (Map.Entry<String, byte[]> xattr : attributes.xattrs().entrySet()) {
      set(fd, xattr, path);
    }
    setTimes(fd, attributes);
  }

  private void set(Fd fd, Map.Entry<String, byte[]> xattr, String path) {
    try {
      kernel.xattrs().set(fd, xattr.getKey(), xattr.getValue());
    } catch (KernelException e) {
      if (e.errno() != Errno.EOPNOTSUPP && e.errno() != Errno.EPERM) {
        throw e;
      }
      losses.accept("\"" + path + "\" cannot have the extended attribute " + xattr.getKey());
    }
  }

  /// Gives an open file its time.
  void setTimes(Fd fd, Attributes attributes) {
    Timestamp time = new Timestamp(attributes.mtimeSeconds(), attributes.mtimeNanos());
    kernel.attributes().setTimes(fd, time, time);
  }
}
