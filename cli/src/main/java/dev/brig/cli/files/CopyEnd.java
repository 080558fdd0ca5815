package dev.brig.cli.files;

import dev.brig.error.UsageException;
import dev.brig.image.tree.TreeNode;
import dev.brig.linux.Errno;
import dev.brig.linux.Fd;
import dev.brig.linux.Kernel;
import dev.brig.linux.OpenFlag;
import dev.brig.linux.OpenHow;
import dev.brig.linux.OpenResult;
import dev.brig.linux.ResolveFlag;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/// One end of a copy, opened: a root, below which paths are resolved as a process with that root
/// would, by openat2(2) with `RESOLVE_IN_ROOT`. No link in a container leads out of it, whenever it
/// is made; links of /proc to other processes' files are not followed.
final class CopyEnd implements AutoCloseable {
  private static final int LINKS_MAX = 40;
  private static final List<ResolveFlag> CONTAINED =
      List.of(ResolveFlag.RESOLVE_IN_ROOT, ResolveFlag.RESOLVE_NO_MAGICLINKS);

  private final Kernel kernel;
  private final CopyPath path;
  private final Fd root;
  private final List<ResolveFlag> rules;
  private final Deque<AutoCloseable> held = new ArrayDeque<>();

  private CopyEnd(Kernel kernel, CopyPath path, Fd root, List<ResolveFlag> rules) {
    this.kernel = kernel;
    this.path = path;
    this.root = root;
    this.rules = rules;
  }

  /// Returns an end on this machine.
  static CopyEnd local(Kernel kernel, CopyPath path) {
    return new CopyEnd(kernel, path, Fd.CWD, List.of());
  }

  /// Returns an end in a container.
  ///
  /// @param root the container's root
  static CopyEnd in(Kernel kernel, CopyPath path, Fd root) {
    return new CopyEnd(kernel, path, root, CONTAINED);
  }

  CopyPath path() {
    return path;
  }

  /// Where a copy goes.
  sealed interface Target {
    /// Into a directory that is there.
    ///
    /// @param directory the directory, open
    record Into(Fd directory) implements Target {}

    /// To a name in a directory.
    ///
    /// @param directory the directory, open
    /// @param name the name
    /// @param taken whether a file has it
    record As(Fd directory, String name, Taken taken) implements Target {}
  }

  /// Whether a file has a name.
  enum Taken {
    /// None has.
    NO,
    /// One has, which is no directory.
    YES
  }

  /// Finds what is to be copied.
  ///
  /// @param follow whether to copy what a link at the end leads to
  /// @throws UsageException if it is not there
  TreeNode source(Follow follow) {
    Follow through = path.meansDirectory() ? Follow.LINKS : follow;
    Optional<Fd> found = open(absolute(path.path()), through);
    if (found.isEmpty()) {
      throw noSuchFile();
    }
    TreeNode node = new TreeNode(found.get(), kernel.attributes().stat(found.get()));
    held.push(node);
    if (path.meansDirectory() && !node.isDirectory()) {
      throw new UsageException("\"" + path + "\"", "not a directory", "leave the slash out");
    }
    return node;
  }

  /// What to do about a symbolic link at the end of a path.
  enum Follow {
    /// It is copied itself.
    NOTHING,
    /// What it leads to is copied.
    LINKS
  }

  /// Finds where a copy goes. A link at the end is followed, also to a file that is not there yet.
  Target target() {
    String text = absolute(path.path());
    for (int links = 0; links < LINKS_MAX; links++) {
      String stripped = strip(text);
      int slash = stripped.lastIndexOf('/');
      String name = stripped.substring(slash + 1);
      if (name.isEmpty() || name.equals(".") || name.equals("..")) {
        return new Target.Into(requireDirectory(text));
      }
      String above = slash < 0 ? "." : stripped.substring(0, slash + 1);
      Optional<Fd> parent = open(above, Follow.LINKS);
      if (parent.isEmpty()) {
        throw noSuchFile();
      }
      held.push(parent.get());
      Optional<Fd> last =
          kernel.files().openIfPresent(parent.get(), name, OpenFlag.O_PATH, OpenFlag.O_NOFOLLOW);
      if (last.isEmpty()) {
        if (path.meansDirectory()) {
          throw new UsageException(
              "\"" + path + "\"", "there is no such directory", "make it, or leave the slash out");
        }
        return new Target.As(parent.get(), name, Taken.NO);
      }
      held.push(last.get());
      switch (kernel.attributes().stat(last.get()).type()) {
        case SYMLINK -> text = joined(above, kernel.tree().readlinkat(last.get(), ""));
        case DIRECTORY -> {
          return new Target.Into(last.get());
        }
        default -> {
          if (path.meansDirectory()) {
            throw new UsageException("\"" + path + "\"", "not a directory", "");
          }
          return new Target.As(parent.get(), name, Taken.YES);
        }
      }
    }
    throw new UsageException("\"" + path + "\"", "its symbolic links lead in circles", "");
  }

  /// Finds a directory that must be there.
  ///
  /// @throws UsageException if it is not
  Fd requireDirectory(String text) {
    Optional<Fd> found = open(text, Follow.LINKS);
    if (found.isEmpty()) {
      throw noSuchFile();
    }
    held.push(found.get());
    if (!kernel.attributes().stat(found.get()).isDirectory()) {
      throw new UsageException("\"" + path + "\"", "not a directory", "");
    }
    return found.get();
  }

  /// Returns the name of what a path stands for, the last one of the path.
  String sourceName() {
    String stripped = strip(path.path());
    String name = stripped.substring(stripped.lastIndexOf('/') + 1);
    return name.equals("..") ? "." : name;
  }

  /// A container's paths begin at its root, with or without a slash.
  private String absolute(String text) {
    return !path.isLocal() && !text.startsWith("/") ? "/" + text : text.isEmpty() ? "." : text;
  }

  private static String strip(String text) {
    int end = text.length();
    while (end > 0 && text.charAt(end - 1) == '/') {
      end--;
    }
    return text.substring(0, end);
  }

  private static String joined(String above, String link) {
    return link.startsWith("/") ? link : above + (above.endsWith("/") ? "" : "/") + link;
  }

  private Optional<Fd> open(String text, Follow follow) {
    OpenFlag[] flags =
        follow == Follow.LINKS
            ? new OpenFlag[] {OpenFlag.O_PATH}
            : new OpenFlag[] {OpenFlag.O_PATH, OpenFlag.O_NOFOLLOW};
    OpenHow how = new OpenHow(List.of(flags), 0, rules);
    return switch (kernel.files().tryOpenat2(root, text, how)) {
      case OpenResult.Opened(Fd fd) -> Optional.of(fd);
      case OpenResult.Refused(Errno errno) -> {
        if (errno == Errno.ENOENT || errno == Errno.ENOTDIR) {
          yield Optional.empty();
        }
        if (errno == Errno.ELOOP) {
          throw new UsageException(
              "\"" + path + "\"", "its symbolic links lead in circles, or to another process", "");
        }
        yield Optional.of(kernel.files().openat2(root, text, how));
      }
    };
  }

  private UsageException noSuchFile() {
    return new UsageException(
        "\"" + path.path() + "\"",
        path.isLocal()
            ? "there is no such file or directory"
            : "container " + path.container() + " has no such file or directory",
        "");
  }

  @Override
  public void close() {
    while (!held.isEmpty()) {
      try {
        held.pop().close();
      } catch (RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
