package dev.brig.image.tree;

import dev.brig.image.ImageException;
import dev.brig.image.layer.Attributes;
import dev.brig.image.layer.TarContent;
import dev.brig.linux.DirectoryEntry;
import dev.brig.linux.Errno;
import dev.brig.linux.Fd;
import dev.brig.linux.FileStatus;
import dev.brig.linux.Kernel;
import dev.brig.linux.KernelException;
import dev.brig.linux.OpenFlag;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads the files of a tree: a name at a time, no link followed, nothing opened before it is known
/// what it is.
public final class TreeFiles {
  private static final int CAPABILITY_REVISION_2 = 0x0200_0000;
  private static final int CAPABILITY_REVISION_3 = 0x0300_0000;
  private static final int CAPABILITY_BYTES_2 = 20;
  private static final int CAPABILITY_BYTES_3 = 24;
  private static final int PATH_BYTES_MAX = 4095;

  private final Kernel kernel;
  private final IdMap uids;
  private final IdMap gids;
  private final Xattrs xattrs;

  /// Which extended attributes of a file count.
  public enum Xattrs {
    /// Those that mean something in an image: neither overlayfs's nor SELinux's, and a capability
    /// without the user namespace that it was given in.
    PORTABLE,
    /// All, as they are.
    ALL
  }

  /// Makes a reader of trees.
  ///
  /// @param kernel the system calls
  /// @param uids what user ids are inside
  /// @param gids what group ids are inside
  /// @param xattrs which extended attributes count
  public TreeFiles(Kernel kernel, IdMap uids, IdMap gids, Xattrs xattrs) {
    this.kernel = kernel;
    this.uids = uids;
    this.gids = gids;
    this.xattrs = xattrs;
  }

  Kernel kernel() {
    return kernel;
  }

  /// Opens a file by a single name.
  ///
  /// @return empty if there is none, or overlayfs's mark that there is none
  public Optional<TreeNode> find(Fd directory, String name) {
    Optional<TreeNode> node = findRaw(directory, name);
    if (node.isPresent() && node.get().isWhiteout()) {
      node.get().close();
      return Optional.empty();
    }
    return node;
  }

  /// Opens a file by a single name, overlayfs's marks included.
  Optional<TreeNode> findRaw(Fd directory, String name) {
    Optional<Fd> fd =
        kernel.files().openIfPresent(directory, name, OpenFlag.O_PATH, OpenFlag.O_NOFOLLOW);
    return fd.map(this::node);
  }

  private TreeNode node(Fd fd) {
    try {
      return new TreeNode(fd, kernel.attributes().stat(fd));
    } catch (KernelException e) {
      fd.close();
      throw e;
    }
  }

  /// Opens a node's directory for listing.
  public Fd directory(TreeNode node) {
    return kernel.files().openat(node.fd(), ".", OpenFlag.O_RDONLY, OpenFlag.O_DIRECTORY);
  }

  /// Opens the root of a tree for listing.
  ///
  /// @param root the root, open in any way
  public Fd directory(Fd root) {
    return kernel.files().openat(root, ".", OpenFlag.O_RDONLY, OpenFlag.O_DIRECTORY);
  }

  /// Opens a node's regular file for reading. The link in /proc leads to what was opened and to
  /// nothing else.
  public Fd regular(TreeNode node) {
    return kernel.files().openat(Fd.CWD, node.fd().path(), OpenFlag.O_RDONLY, OpenFlag.O_NONBLOCK);
  }

  /// Returns the names in a directory, sorted.
  ///
  /// @param directory open for reading
  public List<String> names(Fd directory) {
    List<String> names = new ArrayList<>();
    for (DirectoryEntry entry : kernel.tree().list(directory)) {
      names.add(entry.name());
    }
    Collections.sort(names);
    return names;
  }

  /// Returns what a file has besides its contents, its ids as they are inside.
  public Attributes attributes(TreeNode node) {
    FileStatus status = node.status();
    return new Attributes(
        status.permissions(),
        uids.inside(Integer.toUnsignedLong(status.uid())),
        gids.inside(Integer.toUnsignedLong(status.gid())),
        status.modified().seconds(),
        status.modified().nanos(),
        xattrs(node));
  }

  /// Returns the extended attributes that count.
  Map<String, byte[]> xattrs(TreeNode node) {
    Map<String, byte[]> found = new LinkedHashMap<>();
    for (String name : kernel.xattrs().list(node.fd())) {
      if (xattrs == Xattrs.PORTABLE && isLocal(name)) {
        continue;
      }
      kernel
          .xattrs()
          .get(node.fd(), name)
          .ifPresent(value -> found.put(name, portable(name, value)));
    }
    return found;
  }

  private static boolean isLocal(String xattr) {
    return xattr.startsWith("trusted.overlay.")
        || xattr.startsWith("user.overlay.")
        || xattr.equals("security.selinux")
        || xattr.equals("security.evm")
        || xattr.equals("security.ima");
  }

  // Revision 3 ends with the user namespace's root; capabilities(7), "File capability extended
  // attribute versioning".
  private byte[] portable(String name, byte[] value) {
    boolean namespaced =
        xattrs == Xattrs.PORTABLE
            && name.equals("security.capability")
            && value.length == CAPABILITY_BYTES_3;
    if (!namespaced) {
      return value;
    }
    ByteBuffer words =
        ByteBuffer.wrap(Arrays.copyOf(value, CAPABILITY_BYTES_2)).order(ByteOrder.LITTLE_ENDIAN);
    words.putInt(0, (words.getInt(0) & ~CAPABILITY_REVISION_3) | CAPABILITY_REVISION_2);
    return words.array();
  }

  /// Returns what kind of file this is.
  ///
  /// @return empty for a socket, which is nothing without its process and is in no archive
  Optional<TarContent> content(TreeNode node) {
    FileStatus status = node.status();
    return switch (status.type()) {
      case REGULAR -> Optional.of(new TarContent.RegularFile(status.sizeBytes()));
      case DIRECTORY -> Optional.of(new TarContent.Directory());
      case SYMLINK -> Optional.of(new TarContent.Symlink(target(node)));
      case CHARACTER_DEVICE -> Optional.of(device(TarContent.Device.Kind.CHARACTER, status));
      case BLOCK_DEVICE -> Optional.of(device(TarContent.Device.Kind.BLOCK, status));
      case FIFO -> Optional.of(new TarContent.Fifo());
      case SOCKET, UNKNOWN -> Optional.empty();
    };
  }

  private static TarContent device(TarContent.Device.Kind kind, FileStatus status) {
    return new TarContent.Device(kind, status.special().major(), status.special().minor());
  }

  /// Returns where a symbolic link leads.
  String target(TreeNode node) {
    return kernel.tree().readlinkat(node.fd(), "");
  }

  /// Tells whether a directory hides what is below it, by overlayfs's mark.
  boolean isOpaque(TreeNode directory) {
    return isMarked(directory, "opaque");
  }

  /// Tells whether overlayfs shows something else than what is below a directory's own name.
  boolean isRedirected(TreeNode directory) {
    return isMarked(directory, "redirect");
  }

  private boolean isMarked(TreeNode directory, String mark) {
    return kernel.xattrs().get(directory.fd(), "trusted.overlay." + mark).isPresent()
        || kernel.xattrs().get(directory.fd(), "user.overlay." + mark).isPresent();
  }

  /// Returns the path of a name in a directory.
  ///
  /// @throws ImageException if it is longer than Linux lets a path be: no archive can have it
  static String path(String directory, String name) {
    String path = directory.isEmpty() ? name : directory + "/" + name;
    if (path.length() > PATH_BYTES_MAX) {
      throw new ImageException(
          "\"" + path.substring(0, 40) + "…\"", "a path longer than 4095 bytes, Linux's limit", "");
    }
    return path;
  }

  /// Tells whether an error says that a file has been removed since its name was read.
  static boolean isGone(KernelException e) {
    return e.errno() == Errno.ENOENT || e.errno() == Errno.ESTALE;
  }
}
