package dev.brig.linux;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Removes a file tree whatever its owner put into it: symbolic links are removed and never
/// followed, a mount inside it is never entered, any depth will do.
///
/// Every step is made by a directory's descriptor and a single name. What cannot be removed does
/// not keep the rest from being removed: the first failure is thrown at the end, with the others
/// suppressed in it.
public final class TreeRemover {
  // Deeper directories are renamed to the top of the tree first: a descriptor is held for each
  // level.
  private static final int DEPTH_MAX = 64;

  private final Kernel kernel;

  /// Makes a remover.
  ///
  /// @param kernel the system calls
  public TreeRemover(Kernel kernel) {
    this.kernel = kernel;
  }

  /// Removes a file, or a directory with all that is in it. Does nothing if it is not there.
  ///
  /// @param directory where the name is
  /// @param name a single component
  /// @throws KernelException if something could not be removed: EXDEV for a mount point, EACCES and
  ///   EPERM for what belongs to another user
  public void remove(Fd directory, String name) {
    new Removal().run(directory, name);
  }

  private final class Removal {
    private final FileCalls files = kernel.files();
    private final TreeCalls tree = kernel.tree();
    private final AttributeCalls attributes = kernel.attributes();
    private final Deque<String> moved = new ArrayDeque<>();
    private @Nullable Fd top;
    private @Nullable KernelException failure;
    private int moves;

    void run(Fd directory, String name) {
      Optional<FileStatus> status = attributes.statIfPresent(directory, name, Links.NOFOLLOW);
      if (status.isEmpty()) {
        return;
      }
      if (!status.get().isDirectory()) {
        var _ = tree.unlinkIfPresent(directory, name);
        return;
      }
      try (Fd opened = open(directory, name)) {
        top = opened;
        empty(opened, 0);
        while (!moved.isEmpty()) {
          removeDirectory(opened, moved.removeFirst(), 0);
        }
      } catch (KernelException e) {
        note(e, name);
      }
      if (failure == null) {
        var _ = tree.rmdirIfPresent(directory, name);
      } else {
        throw failure;
      }
    }

    private void empty(Fd directory, int depth) {
      List<DirectoryEntry> entries = tree.list(directory);
      for (DirectoryEntry entry : entries) {
        try {
          if (isDirectory(directory, entry)) {
            removeDirectory(directory, entry.name(), depth + 1);
          } else {
            var _ = tree.unlinkIfPresent(directory, entry.name());
          }
        } catch (KernelException e) {
          note(e, entry.name());
        }
      }
    }

    private boolean isDirectory(Fd directory, DirectoryEntry entry) {
      return entry.type() == FileType.UNKNOWN
          ? attributes.stat(directory, entry.name(), Links.NOFOLLOW).isDirectory()
          : entry.type() == FileType.DIRECTORY;
    }

    private void removeDirectory(Fd parent, String name, int depth) {
      if (depth > DEPTH_MAX && top != null && moveToTop(parent, name, top)) {
        return;
      }
      try (Fd directory = open(parent, name)) {
        empty(directory, depth);
      }
      // With a failure inside, this would only add ENOTEMPTY to it.
      if (failure == null) {
        var _ = tree.rmdirIfPresent(parent, name);
      } else {
        tryRmdir(parent, name);
      }
    }

    private void tryRmdir(Fd parent, String name) {
      try {
        var _ = tree.rmdirIfPresent(parent, name);
      } catch (KernelException e) {
        if (e.errno() != Errno.ENOTEMPTY) {
          note(e, name);
        }
      }
    }

    private boolean moveToTop(Fd parent, String name, Fd target) {
      String newName = ".removed-" + moves;
      moves++;
      if (!tree.renameIfAbsent(parent, name, target, newName)) {
        return moveToTop(parent, name, target);
      }
      moved.add(newName);
      return true;
    }

    // RESOLVE_NO_XDEV makes a mount point an error, EXDEV, however it got there.
    private Fd open(Fd parent, String name) {
      OpenHow how =
          new OpenHow(
              List.of(OpenFlag.O_RDONLY, OpenFlag.O_DIRECTORY, OpenFlag.O_NOFOLLOW),
              0,
              List.of(
                  ResolveFlag.RESOLVE_BENEATH,
                  ResolveFlag.RESOLVE_NO_SYMLINKS,
                  ResolveFlag.RESOLVE_NO_XDEV));
      // An owner may have taken its own permissions; an owner may give them back.
      return switch (files.tryOpenat2(parent, name, how)) {
        case OpenResult.Opened opened -> writable(opened.fd());
        case OpenResult.Refused refused -> {
          if (refused.errno() == Errno.EACCES) {
            permit(parent, name);
          }
          yield writable(files.openat2(parent, name, how));
        }
      };
    }

    private void permit(Fd parent, String name) {
      OpenFlag[] flags = {OpenFlag.O_PATH, OpenFlag.O_DIRECTORY, OpenFlag.O_NOFOLLOW};
      try (Fd fd = files.openat2(parent, name, OpenHow.beneath(flags))) {
        attributes.chmod(fd, 0700);
      }
    }

    // To remove what is in a directory takes w and x on it, which root has without.
    private Fd writable(Fd directory) {
      try {
        if ((attributes.stat(directory).permissions() & 0300) != 0300) {
          attributes.chmod(directory, 0700);
        }
      } catch (KernelException e) {
        // Another owner's: what cannot be removed will say so itself, ignored here.
        if (e.errno() != Errno.EPERM) {
          directory.close();
          throw e;
        }
      }
      return directory;
    }

    private void note(KernelException e, String name) {
      if (failure == null) {
        failure = e.during("remove \"" + name + "\"");
      } else {
        failure.addSuppressed(e);
      }
    }
  }
}
