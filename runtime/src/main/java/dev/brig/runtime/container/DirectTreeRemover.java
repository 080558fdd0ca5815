package dev.brig.runtime.container;

import dev.brig.error.BrigException;
import dev.brig.linux.DirectoryEntry;
import dev.brig.linux.Errno;
import dev.brig.linux.Fd;
import dev.brig.linux.FileType;
import dev.brig.linux.Kernel;
import dev.brig.linux.KernelException;
import dev.brig.linux.OpenFlag;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Removes a tree from this process, whatever is in it: symbolic links are not followed, mount
/// points are not entered, and neither depth nor permissions stop it.
public final class DirectTreeRemover implements TreeRemover {
  // Each level holds a descriptor open.
  private static final int DEPTH_MAX = 64;
  private static final int PRIVATE = 0700;
  private static final int SUPPRESSED_MAX = 10;
  private static final String MOVED_UP = ".brig-removing-";

  private final Kernel kernel;

  /// Makes one that acts through this kernel.
  public DirectTreeRemover(Kernel kernel) {
    this.kernel = kernel;
  }

  @Override
  public void remove(Path directory) {
    Optional<Fd> open =
        kernel
            .files()
            .openIfPresent(
                Fd.CWD,
                directory.toString(),
                OpenFlag.O_RDONLY,
                OpenFlag.O_DIRECTORY,
                OpenFlag.O_NOFOLLOW);
    if (open.isEmpty()) {
      return;
    }
    try (Fd top = open.get()) {
      Removal removal = new Removal(directory, top);
      removal.removeContents();
      removal.throwFirstFailure();
    }
    var _ = kernel.tree().rmdirIfPresent(Fd.CWD, directory.toString());
  }

  /// One removal, with the failures that did not stop it.
  private final class Removal {
    private final Path directory;
    private final Fd top;
    private final long mountId;
    private int movedUp;
    private @Nullable BrigException failure;

    Removal(Path directory, Fd top) {
      this.directory = directory;
      this.top = top;
      this.mountId = kernel.attributes().stat(top).mountId();
    }

    /// Empties the tree; what was too deep was moved up and is the next round's work.
    void removeContents() {
      int before;
      do {
        before = movedUp;
        empty(top, 0);
      } while (movedUp > before && failure == null);
    }

    void throwFirstFailure() {
      if (failure != null) {
        throw failure;
      }
    }

    private void empty(Fd parent, int depth) {
      for (DirectoryEntry entry : kernel.tree().list(parent)) {
        try {
          remove(parent, entry, depth);
        } catch (BrigException e) {
          keep(e);
        }
      }
    }

    private void remove(Fd parent, DirectoryEntry entry, int depth) {
      String name = entry.name();
      if (entry.type() != FileType.DIRECTORY && unlinked(parent, name)) {
        return;
      }
      if (removedEmpty(parent, name)) {
        return;
      }
      if (depth == DEPTH_MAX) {
        kernel.tree().rename(parent, name, top, MOVED_UP + movedUp);
        movedUp++;
        return;
      }
      try (Fd child = open(parent, name)) {
        if (kernel.attributes().stat(child).mountId() != mountId) {
          throw new ContainerException(
              ContainerException.Problem.DAMAGED,
              "remove " + directory,
              "something is mounted on \"" + name + "\" in it",
              "umount it and try again");
        }
        empty(child, depth + 1);
      }
      var _ = kernel.tree().rmdirIfPresent(parent, name);
    }

    /// Removes a name that is no directory's; false if it is a directory's after all.
    private boolean unlinked(Fd parent, String name) {
      try {
        var _ = kernel.tree().unlinkIfPresent(parent, name);
        return true;
      } catch (KernelException e) {
        if (e.errno() == Errno.EISDIR) {
          return false;
        }
        if (e.errno() != Errno.EACCES) {
          throw e.during("remove \"" + name + "\" in " + directory);
        }
      }
      // The directory's own permissions are in the way: it is about to be removed as well.
      kernel.attributes().chmod(parent, PRIVATE);
      var _ = kernel.tree().unlinkIfPresent(parent, name);
      return true;
    }

    private boolean removedEmpty(Fd parent, String name) {
      try {
        var _ = kernel.tree().rmdirIfPresent(parent, name);
        return true;
      } catch (KernelException e) {
        switch (e.errno()) {
          case ENOTEMPTY, EEXIST, EBUSY -> {}
          case EACCES -> kernel.attributes().chmod(parent, PRIVATE);
          default -> throw e.during("remove \"" + name + "\" in " + directory);
        }
        return false;
      }
    }

    private Fd open(Fd parent, String name) {
      OpenFlag[] flags = {OpenFlag.O_RDONLY, OpenFlag.O_DIRECTORY, OpenFlag.O_NOFOLLOW};
      try {
        return kernel.files().openat(parent, name, flags);
      } catch (KernelException e) {
        if (e.errno() != Errno.EACCES) {
          throw e.during("open \"" + name + "\" in " + directory);
        }
      }
      kernel.attributes().chmodat(parent, name, PRIVATE);
      return kernel.files().openat(parent, name, flags);
    }

    private void keep(BrigException e) {
      if (failure == null) {
        failure = e;
      } else if (failure.getSuppressed().length < SUPPRESSED_MAX) {
        failure.addSuppressed(e);
      }
    }
  }
}
