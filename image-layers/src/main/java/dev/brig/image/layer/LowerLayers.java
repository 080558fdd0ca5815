package dev.brig.image.layer;

import dev.brig.linux.Errno;
import dev.brig.linux.Fd;
import dev.brig.linux.FileStatus;
import dev.brig.linux.FileType;
import dev.brig.linux.Kernel;
import dev.brig.linux.OpenFlag;
import dev.brig.linux.OpenHow;
import dev.brig.linux.OpenResult;
import dev.brig.linux.ResolveFlag;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The layers below the one that is being unpacked, seen as overlayfs shows them: the topmost file
/// of a name counts, whiteouts and opaque directories hide what is below them.
///
/// @see <a href="https://docs.kernel.org/filesystems/overlayfs.html">Overlay Filesystem</a>
public final class LowerLayers implements AutoCloseable {
  static final String OPAQUE_TRUSTED = "trusted.overlay.opaque";
  static final String OPAQUE_USER = "user.overlay.opaque";

  private static final OpenHow COMPONENT =
      new OpenHow(
          List.of(OpenFlag.O_PATH, OpenFlag.O_NOFOLLOW),
          0,
          List.of(ResolveFlag.RESOLVE_BENEATH, ResolveFlag.RESOLVE_NO_SYMLINKS));

  private final Kernel kernel;
  private final List<Path> directories;
  private final List<Fd> roots = new ArrayList<>();
  private boolean consulted;

  /// Makes the view of some layers; they are opened when first asked about.
  ///
  /// @param kernel the system calls
  /// @param directories the layers' directories, the topmost first; none for an image's bottom
  ///   layer
  public LowerLayers(Kernel kernel, List<Path> directories) {
    this.kernel = kernel;
    this.directories = List.copyOf(directories);
  }

  /// Tells whether anything was asked: then what was unpacked may look otherwise above other
  /// layers.
  boolean consulted() {
    return consulted;
  }

  /// Finds a file by the path that it has in the merged tree, through no symbolic link.
  ///
  /// @param path relative, without `.` and `..`
  /// @return the file, which the caller closes, or null if no layer shows one
  @Nullable LowerFile find(String path) {
    consulted = true;
    openRoots();
    for (Fd root : roots) {
      switch (look(root, path)) {
        case Found found -> {
          return found.file();
        }
        case Hidden _ -> {
          return null;
        }
        case Absent _ -> {
          // The next layer may have it.
        }
      }
    }
    return null;
  }

  private sealed interface Look {}

  private record Found(LowerFile file) implements Look {}

  // This layer says that no layer below it is to be asked.
  private record Hidden() implements Look {}

  private record Absent() implements Look {}

  private Look look(Fd root, String path) {
    Fd at = root;
    boolean opaque = false;
    int start = 0;
    try {
      while (true) {
        int slash = path.indexOf('/', start);
        String name = slash < 0 ? path.substring(start) : path.substring(start, slash);
        Fd next = open(at, name);
        if (next == null) {
          return opaque ? new Hidden() : new Absent();
        }
        close(at, root);
        at = next;
        FileStatus status = kernel.attributes().stat(at);
        if (isWhiteout(status) || (slash >= 0 && !status.isDirectory())) {
          return new Hidden();
        }
        if (slash < 0) {
          Fd found = at;
          at = root;
          return new Found(new LowerFile(found, status));
        }
        opaque |= isOpaque(at);
        start = slash + 1;
      }
    } finally {
      close(at, root);
    }
  }

  private @Nullable Fd open(Fd directory, String name) {
    return switch (kernel.files().tryOpenat2(directory, name, COMPONENT)) {
      case OpenResult.Opened(Fd fd) -> fd;
      case OpenResult.Refused(Errno errno) ->
          // Anything but its absence has to be told, which the throwing form of the call does.
          errno == Errno.ENOENT ? null : kernel.files().openat2(directory, name, COMPONENT);
    };
  }

  private static void close(Fd fd, Fd except) {
    if (fd != except) {
      fd.close();
    }
  }

  private static boolean isWhiteout(FileStatus status) {
    return status.type() == FileType.CHARACTER_DEVICE && status.special().number() == 0;
  }

  private boolean isOpaque(Fd directory) {
    return kernel.xattrs().get(directory, OPAQUE_TRUSTED).isPresent()
        || kernel.xattrs().get(directory, OPAQUE_USER).isPresent();
  }

  private void openRoots() {
    while (roots.size() < directories.size()) {
      String path = directories.get(roots.size()).toString();
      roots.add(kernel.files().openat(Fd.CWD, path, OpenFlag.O_PATH, OpenFlag.O_DIRECTORY));
    }
  }

  /// Closes the layers.
  @Override
  public void close() {
    for (Fd root : roots) {
      root.close();
    }
    roots.clear();
  }

  /// A file of a layer below.
  ///
  /// @param fd opened with `O_PATH|O_NOFOLLOW`
  /// @param status what it is
  record LowerFile(Fd fd, FileStatus status) implements AutoCloseable {
    @Override
    public void close() {
      fd.close();
    }
  }
}
