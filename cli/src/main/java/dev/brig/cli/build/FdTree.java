package dev.brig.cli.build;

import dev.brig.image.Digest;
import dev.brig.image.build.TreeView;
import dev.brig.image.layer.Attributes;
import dev.brig.image.layer.TarContent;
import dev.brig.image.layer.TarContent.Device.Kind;
import dev.brig.linux.DirectoryEntry;
import dev.brig.linux.Errno;
import dev.brig.linux.Fd;
import dev.brig.linux.FileStatus;
import dev.brig.linux.Kernel;
import dev.brig.linux.OpenFlag;
import dev.brig.linux.OpenHow;
import dev.brig.linux.OpenResult;
import dev.brig.linux.ResolveFlag;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A tree of files below an open directory. No symbolic link is followed here, so that nothing
/// outside of the tree is ever opened.
final class FdTree implements TreeView {
  private static final List<ResolveFlag> RULES =
      List.of(
          ResolveFlag.RESOLVE_BENEATH,
          ResolveFlag.RESOLVE_NO_SYMLINKS,
          ResolveFlag.RESOLVE_NO_MAGICLINKS);
  private static final OpenHow LOOK =
      new OpenHow(List.of(OpenFlag.O_PATH, OpenFlag.O_NOFOLLOW), 0, RULES);
  // Without O_NONBLOCK opening a FIFO that came meanwhile would wait for ever.
  private static final OpenHow READ =
      new OpenHow(List.of(OpenFlag.O_RDONLY, OpenFlag.O_NONBLOCK, OpenFlag.O_NOFOLLOW), 0, RULES);
  private static final int CHUNK_BYTES = 256 * 1024;

  private final Kernel kernel;
  private final Fd root;
  private final Map<String, Digest> digests = new HashMap<>();

  FdTree(Kernel kernel, Fd root) {
    this.kernel = kernel;
    this.root = root;
  }

  private static String relative(String path) {
    return path.isEmpty() ? "." : path;
  }

  @Override
  public Optional<Node> look(String path) {
    OpenResult result = kernel.files().tryOpenat2(root, relative(path), LOOK);
    return switch (result) {
      case OpenResult.Opened(Fd fd) -> {
        try (fd) {
          yield node(fd);
        }
      }
      case OpenResult.Refused(Errno errno) -> {
        if (errno == Errno.ENOENT || errno == Errno.ENOTDIR || errno == Errno.ELOOP) {
          yield Optional.empty();
        }
        // Told by the call itself.
        try (Fd fd = kernel.files().openat2(root, relative(path), LOOK)) {
          yield node(fd);
        }
      }
    };
  }

  private Optional<Node> node(Fd fd) {
    FileStatus status = kernel.attributes().stat(fd);
    TarContent content =
        switch (status.type()) {
          case REGULAR -> new TarContent.RegularFile(status.sizeBytes());
          case DIRECTORY -> new TarContent.Directory();
          case SYMLINK -> new TarContent.Symlink(kernel.tree().readlinkat(fd, ""));
          case FIFO -> new TarContent.Fifo();
          case CHARACTER_DEVICE -> device(Kind.CHARACTER, status);
          case BLOCK_DEVICE -> device(Kind.BLOCK, status);
          case SOCKET, UNKNOWN -> null;
        };
    if (content == null) {
      return Optional.empty();
    }
    Attributes attributes =
        new Attributes(
            status.permissions(),
            Integer.toUnsignedLong(status.uid()),
            Integer.toUnsignedLong(status.gid()),
            status.modified().seconds(),
            status.modified().nanos(),
            xattrs(fd));
    boolean linked = status.linkCount() > 1 && !status.isDirectory();
    String inode = linked ? status.device().number() + ":" + status.inode() : "";
    return Optional.of(new Node(content, attributes, inode));
  }

  private static TarContent device(Kind kind, FileStatus status) {
    return new TarContent.Device(kind, status.special().major(), status.special().minor());
  }

  // What the host's security modules and overlayfs have put there is no part of a file.
  private Map<String, byte[]> xattrs(Fd fd) {
    Map<String, byte[]> found = new LinkedHashMap<>();
    for (String name : kernel.xattrs().list(fd)) {
      if ((name.startsWith("user.") && !name.startsWith("user.overlay."))
          || name.equals("security.capability")) {
        kernel.xattrs().get(fd, name).ifPresent(value -> found.put(name, value));
      }
    }
    return found;
  }

  @Override
  public List<String> list(String path) {
    List<String> names = new ArrayList<>();
    try (Fd fd = kernel.files().openat2(root, relative(path), READ)) {
      for (DirectoryEntry entry : kernel.tree().list(fd)) {
        names.add(entry.name());
      }
    }
    Collections.sort(names);
    return names;
  }

  /// Opens a regular file for reading.
  Fd open(String path) {
    return kernel.files().openat2(root, path, READ);
  }

  /// Returns the digest of a regular file's contents.
  Digest digest(String path) {
    return digests.computeIfAbsent(path, this::computed);
  }

  private Digest computed(String path) {
    MessageDigest computation = Digest.newSha256();
    ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);
    try (Fd fd = open(path)) {
      while (kernel.files().read(fd, chunk.clear()) > 0) {
        computation.update(chunk.flip());
      }
    }
    return Digest.sha256(computation.digest());
  }

  /// Returns the text of a small file, or an empty one if it is not there.
  ///
  /// @param path its path, without links
  byte[] bytes(String path, int lengthMax) {
    boolean regular =
        look(path).map(node -> node.content() instanceof TarContent.RegularFile).orElse(false);
    if (!regular) {
      return new byte[0];
    }
    try (Fd fd = open(path)) {
      return kernel.files().readAll(fd, lengthMax);
    }
  }
}
