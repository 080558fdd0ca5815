package dev.brig.image.layer;

import dev.brig.image.ImageException;
import dev.brig.linux.DirectoryEntry;
import dev.brig.linux.Errno;
import dev.brig.linux.Fd;
import dev.brig.linux.FileStatus;
import dev.brig.linux.FileType;
import dev.brig.linux.Kernel;
import dev.brig.linux.KernelException;
import dev.brig.linux.OpenFlag;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A directory as the tar of a root file system, made while it is read: all files with their
/// owners, permissions, times to the nanosecond, extended attributes and hard links, sorted by
/// name, so that the same tree gives the same bytes.
///
/// It stays on the file system that the directory is on: a mount point inside is an empty
/// directory. Sockets are left out, as no archive can hold them. A tree that changes meanwhile
/// gives an error or a mixture, never something from outside: every step is made by a descriptor
/// and a single name.
public final class DirectoryTar extends InputStream {
  private static final int BUFFER_BYTES = 256 * 1024;
  private static final String WHITEOUT = ".wh.";

  /// What the tar is for.
  public enum Purpose {
    /// To become a layer: without what overlayfs keeps for itself.
    LAYER,
    /// To be compared with another tree's: with overlayfs's own marks, and a file that the caller
    /// may not read, as an ordinary user's store may have, as an empty one.
    COMPARISON
  }

  private final Kernel kernel;
  private final String tree;
  private final Purpose purpose;
  private final FileStatus top;
  private final @Nullable FileStatus leftOut;
  private final Deque<Level> levels = new ArrayDeque<>();
  private final Map<List<Long>, String> linked = new HashMap<>();
  private final ByteBuffer data = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private byte[] bytes = new byte[0];
  private int next;
  private @Nullable Fd file;
  private String fileName = "";
  private long fileLeft;
  private int filePadding;
  private boolean ended;

  private record Level(Fd directory, String path, Deque<String> names) {}

  /// Opens a directory.
  ///
  /// @param kernel the system calls
  /// @param path the directory
  /// @param purpose what the tar is for
  /// @param leftOut a directory that is left out with all that is in it, or null: the store that
  ///   the tar goes into
  public DirectoryTar(Kernel kernel, String path, Purpose purpose, @Nullable FileStatus leftOut) {
    this.kernel = kernel;
    this.tree = path;
    this.purpose = purpose;
    this.leftOut = leftOut;
    Fd root = kernel.files().openat(Fd.CWD, path, OpenFlag.O_RDONLY, OpenFlag.O_DIRECTORY);
    try {
      this.top = kernel.attributes().stat(root);
      bytes = TarEncoder.header(entry("./", new TarContent.Directory(), root, top));
      levels.push(level(root, ""));
    } catch (KernelException e) {
      root.close();
      throw e;
    }
  }

  @Override
  public int read() {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) {
    if (length == 0) {
      return 0;
    }
    while (next == bytes.length) {
      if (file != null) {
        return readFile(file, target, offset, length);
      }
      if (ended) {
        return -1;
      }
      step();
    }
    int count = Math.min(length, bytes.length - next);
    System.arraycopy(bytes, next, target, offset, count);
    next += count;
    return count;
  }

  private int readFile(Fd open, byte[] target, int offset, int length) {
    data.clear().limit((int) Math.min(Math.min(length, BUFFER_BYTES), fileLeft));
    int count = kernel.files().read(open, data);
    if (count == 0) {
      throw wrong(fileName, "it became shorter while it was read");
    }
    data.flip().get(target, offset, count);
    fileLeft -= count;
    if (fileLeft == 0) {
      open.close();
      file = null;
      put(new byte[filePadding]);
    }
    return count;
  }

  // Moves to the next entry, or to the end.
  private void step() {
    Level level = levels.peek();
    if (level == null) {
      put(TarEncoder.end());
      ended = true;
      return;
    }
    String name = level.names().poll();
    if (name == null) {
      levels.pop();
      level.directory().close();
      return;
    }
    try {
      add(level, name);
    } catch (KernelException e) {
      throw e.during("read \"" + level.path() + name + "\" of " + tree);
    }
  }

  private void put(byte[] more) {
    bytes = more;
    next = 0;
  }

  private void add(Level level, String name) {
    String path = level.path() + name;
    if (purpose == Purpose.LAYER && name.startsWith(WHITEOUT)) {
      throw wrong(path, "a file of this name would remove another one");
    }
    try (Fd fd = open(level.directory(), name, OpenFlag.O_PATH)) {
      FileStatus status = kernel.attributes().stat(fd);
      if (status.type() == FileType.SOCKET || (leftOut != null && leftOut.sameFile(status))) {
        return;
      }
      if (status.isDirectory()) {
        addDirectory(level, name, fd, status);
        return;
      }
      String first = firstName(status, path);
      TarContent content = first == null ? content(fd, status) : new TarContent.HardLink(first);
      if (content instanceof TarContent.RegularFile && status.sizeBytes() > 0) {
        file = openToRead(level.directory(), name, OpenFlag.O_NONBLOCK);
        fileName = path;
        fileLeft = status.sizeBytes();
        filePadding = TarEncoder.padding(fileLeft);
        content = file == null ? new TarContent.RegularFile(0) : content;
      }
      put(TarEncoder.header(entry(path, content, fd, status)));
    }
  }

  private void addDirectory(Level level, String name, Fd fd, FileStatus status) {
    String path = level.path() + name + "/";
    put(TarEncoder.header(entry(path, new TarContent.Directory(), fd, status)));
    if (status.device().equals(top.device())) {
      Fd directory = openToRead(level.directory(), name, OpenFlag.O_DIRECTORY);
      if (directory == null) {
        return;
      }
      try {
        levels.push(level(directory, path));
      } catch (KernelException e) {
        directory.close();
        throw e;
      }
    }
  }

  private @Nullable Fd openToRead(Fd directory, String name, OpenFlag how) {
    try {
      return open(directory, name, OpenFlag.O_RDONLY, how);
    } catch (KernelException e) {
      if (purpose == Purpose.COMPARISON && e.errno() == Errno.EACCES) {
        return null;
      }
      throw e;
    }
  }

  private Fd open(Fd directory, String name, OpenFlag... flags) {
    OpenFlag[] all = Arrays.copyOf(flags, flags.length + 1);
    all[flags.length] = OpenFlag.O_NOFOLLOW;
    return kernel.files().openat(directory, name, all);
  }

  private Level level(Fd directory, String path) {
    List<String> names = new ArrayList<>();
    for (DirectoryEntry each : kernel.tree().list(directory)) {
      names.add(each.name());
    }
    names.sort(null);
    return new Level(directory, path, new ArrayDeque<>(names));
  }

  // Returns the name under which a file of several names is there already.
  private @Nullable String firstName(FileStatus status, String path) {
    if (status.linkCount() < 2) {
      return null;
    }
    return linked.putIfAbsent(List.of(status.device().number(), status.inode()), path);
  }

  private TarContent content(Fd fd, FileStatus status) {
    return switch (status.type()) {
      case REGULAR -> new TarContent.RegularFile(status.sizeBytes());
      case SYMLINK -> new TarContent.Symlink(kernel.tree().readlinkat(fd, ""));
      case CHARACTER_DEVICE -> device(TarContent.Device.Kind.CHARACTER, status);
      case BLOCK_DEVICE -> device(TarContent.Device.Kind.BLOCK, status);
      case FIFO -> new TarContent.Fifo();
      case DIRECTORY, SOCKET, UNKNOWN ->
          throw new IllegalStateException("a file of type " + status.type());
    };
  }

  private static TarContent device(TarContent.Device.Kind kind, FileStatus status) {
    return new TarContent.Device(kind, status.special().major(), status.special().minor());
  }

  private TarEntry entry(String path, TarContent content, Fd fd, FileStatus status) {
    Map<String, byte[]> xattrs = new LinkedHashMap<>();
    for (String name : kernel.xattrs().list(fd)) {
      if (purpose == Purpose.COMPARISON || !FileAttributes.isOverlays(name)) {
        kernel.xattrs().get(fd, name).ifPresent(value -> xattrs.put(name, value));
      }
    }
    Attributes attributes =
        new Attributes(
            status.permissions(),
            Integer.toUnsignedLong(status.uid()),
            Integer.toUnsignedLong(status.gid()),
            status.modified().seconds(),
            status.modified().nanos(),
            xattrs);
    return new TarEntry(path, content, attributes);
  }

  private ImageException wrong(String path, String finding) {
    return new ImageException("\"" + path + "\" of " + tree, finding, "");
  }

  @Override
  public void close() {
    if (file != null) {
      file.close();
      file = null;
    }
    levels.forEach(level -> level.directory().close());
    levels.clear();
  }
}
