package dev.brig.runtime.container;

import dev.brig.linux.DirectoryEntry;
import dev.brig.linux.Errno;
import dev.brig.linux.Fd;
import dev.brig.linux.FileType;
import dev.brig.linux.Kernel;
import dev.brig.linux.KernelException;
import dev.brig.linux.OpenFlag;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The volumes of one root: directories that outlive containers.
///
/// ```
///   ROOT/volumes/NAME       what a container has mounted
///   ROOT/volumes/.NAME.new  it is still to be filled with what the image has at its place
/// ```
public final class Volumes {
  private static final int PUBLIC = 0755;
  private static final int PRIVATE = 0600;
  private static final int HIDDEN = 0711;

  private final Kernel kernel;
  private final Path directory;
  private final TreeRemover trees;

  /// Makes one; touches nothing.
  ///
  /// @param directory where the volumes are
  /// @param trees removes what is in them
  public Volumes(Kernel kernel, Path directory, TreeRemover trees) {
    this.kernel = kernel;
    this.directory = directory;
    this.trees = trees;
  }

  /// Returns the file whose presence says that a volume is still to be filled.
  ///
  /// @param volume the volume's directory
  public static String marker(String volume) {
    int slash = volume.lastIndexOf('/');
    return volume.substring(0, slash) + "/." + volume.substring(slash + 1) + ".new";
  }

  /// Makes a volume that is not there.
  ///
  /// @param filled whether it is to be filled from the image when it is first mounted
  /// @return whether it was not there
  public boolean make(String name, Filling filled) {
    String volume = directory.resolve(name).toString();
    if (kernel.attributes().exists(volume)) {
      return false;
    }
    makeDirectory(directory);
    if (filled == Filling.WHEN_MOUNTED) {
      // Before the volume: one that was not filled to the end has its mark.
      kernel
          .files()
          .openat(
              Fd.CWD,
              marker(volume),
              PRIVATE,
              OpenFlag.O_WRONLY,
              OpenFlag.O_CREAT,
              OpenFlag.O_NOFOLLOW)
          .close();
    }
    boolean made = kernel.tree().mkdirIfAbsent(Fd.CWD, volume, PUBLIC);
    if (made) {
      // Whatever the caller's umask is.
      kernel.attributes().chmodat(Fd.CWD, volume, PUBLIC);
    }
    return made;
  }

  /// Whether a new volume is filled with what the image has at its place.
  public enum Filling {
    /// It is, by the first container that mounts it.
    WHEN_MOUNTED,
    /// It stays empty.
    NEVER
  }

  /// Returns the names of all volumes, sorted.
  public List<String> names() {
    List<String> names = new ArrayList<>();
    Optional<Fd> open =
        kernel
            .files()
            .openIfPresent(Fd.CWD, directory.toString(), OpenFlag.O_RDONLY, OpenFlag.O_DIRECTORY);
    if (open.isPresent()) {
      try (Fd fd = open.get()) {
        for (DirectoryEntry entry : kernel.tree().list(fd)) {
          if (entry.type() == FileType.DIRECTORY && !entry.name().startsWith(".")) {
            names.add(entry.name());
          }
        }
      }
    }
    names.sort(null);
    return names;
  }

  /// Returns a volume's directory.
  public Path directory(String name) {
    return directory.resolve(name);
  }

  /// Removes a volume with all that is in it; one that is not there is passed over.
  public void remove(String name) {
    trees.remove(directory.resolve(name));
    var _ = kernel.tree().unlinkIfPresent(Fd.CWD, marker(directory.resolve(name).toString()));
  }

  private void makeDirectory(Path wanted) {
    try {
      var _ = kernel.tree().mkdirIfAbsent(Fd.CWD, wanted.toString(), HIDDEN);
    } catch (KernelException e) {
      Path parent = wanted.getParent();
      if (e.errno() != Errno.ENOENT || parent == null) {
        throw e.during("make the directory of volumes");
      }
      makeDirectory(parent);
      var _ = kernel.tree().mkdirIfAbsent(Fd.CWD, wanted.toString(), HIDDEN);
    }
  }
}
