package dev.brig.cli.build;

import dev.brig.cli.command.Context;
import dev.brig.image.build.CopyEntry;
import dev.brig.image.build.RunMount;
import dev.brig.image.layer.Attributes;
import dev.brig.image.layer.TarContent;
import dev.brig.image.layer.TarEntry;
import dev.brig.linux.DirectoryEntry;
import dev.brig.linux.Errno;
import dev.brig.linux.Fd;
import dev.brig.linux.Kernel;
import dev.brig.linux.KernelException;
import dev.brig.linux.Links;
import dev.brig.linux.Lock;
import dev.brig.linux.OpenFlag;
import dev.brig.linux.OpenHow;
import dev.brig.linux.OpenResult;
import dev.brig.linux.ResolveFlag;
import dev.brig.linux.TreeRemover;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Files of brig's own that a step mounts, in a directory that goes away with the step. It is
/// locked by its maker: what somebody who was killed has left goes away with the next build.
final class MountFiles implements AutoCloseable {
  private static final int CHUNK_BYTES = 256 * 1024;

  private final Kernel kernel;
  private final Path place;
  private Optional<Fd> directory = Optional.empty();
  private String name = "";
  private int count;

  MountFiles(Context context) {
    this.kernel = context.kernel();
    this.place = context.paths().root().resolve("build-mounts");
  }

  /// Makes a directory and those above it, for its owner alone.
  void directories(Path path) {
    try {
      var _ = kernel.tree().mkdirIfAbsent(Fd.CWD, path.toString(), 0700);
    } catch (KernelException e) {
      Path parent = path.getParent();
      if (e.errno() != Errno.ENOENT || parent == null) {
        throw e.during("make " + path);
      }
      directories(parent);
      var _ = kernel.tree().mkdirIfAbsent(Fd.CWD, path.toString(), 0700);
    }
  }

  private Path directory() {
    if (directory.isEmpty()) {
      directories(place);
      name = "step-" + kernel.processes().pid() + "-" + Long.toHexString(System.nanoTime());
      String path = place.resolve(name).toString();
      // Locked before it has its name, so that no sweep takes it for a dead one's.
      String fresh = path + ".new";
      kernel.tree().mkdirat(Fd.CWD, fresh, 0700);
      Fd fd = kernel.files().openat(Fd.CWD, fresh, OpenFlag.O_RDONLY, OpenFlag.O_DIRECTORY);
      kernel.files().lock(fd, Lock.EXCLUSIVE);
      kernel.tree().rename(Fd.CWD, fresh, Fd.CWD, path);
      directory = Optional.of(fd);
    }
    return place.resolve(name);
  }

  /// Removes what builds that were killed have left.
  void sweep() {
    OpenFlag[] flags = {OpenFlag.O_RDONLY, OpenFlag.O_DIRECTORY};
    Optional<Fd> there = kernel.files().openIfPresent(Fd.CWD, place.toString(), flags);
    if (there.isEmpty()) {
      return;
    }
    try (Fd all = there.get()) {
      for (DirectoryEntry entry : kernel.tree().list(all)) {
        Optional<Fd> open = kernel.files().openIfPresent(all, entry.name(), OpenFlag.O_RDONLY);
        if (open.isPresent()) {
          try (Fd fd = open.get()) {
            if (!entry.name().endsWith(".new") && kernel.files().tryLock(fd, Lock.EXCLUSIVE)) {
              new TreeRemover(kernel).remove(all, entry.name());
            }
          }
        }
      }
    }
  }

  /// Makes a file.
  Path file(byte[] bytes, RunMount.Owner owner) {
    Path path = directory().resolve("file-" + count++);
    OpenFlag[] flags = {OpenFlag.O_WRONLY, OpenFlag.O_CREAT, OpenFlag.O_EXCL};
    try (Fd fd = kernel.files().openat(Fd.CWD, path.toString(), 0600, flags)) {
      kernel.files().writeAll(fd, bytes);
      give(fd, owner.uid(), owner.gid());
      kernel.attributes().chmod(fd, owner.mode());
    }
    return path;
  }

  private void give(Fd fd, long uid, long gid) {
    kernel.attributes().chown(fd, (int) uid, (int) gid);
  }

  /// Makes an empty directory.
  Path directory(String called) {
    Path path = directory().resolve(called);
    kernel.tree().mkdirat(Fd.CWD, path.toString(), 0755);
    return path;
  }

  /// Makes a directory with copies of files.
  ///
  /// @param entries what is in it
  /// @param source where the files' data come from
  Path copy(List<CopyEntry> entries, FdTree source) {
    Path path = directory().resolve("copy-" + count++);
    kernel.tree().mkdirat(Fd.CWD, path.toString(), 0755);
    OpenFlag[] flags = {OpenFlag.O_RDONLY, OpenFlag.O_DIRECTORY};
    try (Fd root = kernel.files().openat(Fd.CWD, path.toString(), flags)) {
      kernel.attributes().chmod(root, 0755);
      for (CopyEntry entry : entries) {
        switch (entry) {
          case CopyEntry.Plain(TarEntry plain) -> make(root, plain);
          case CopyEntry.FromSource(TarEntry file, String from) -> {
            try (Fd in = source.open(from)) {
              data(root, file, in);
            }
          }
          case CopyEntry.FromText _, CopyEntry.FromArchive _ ->
              throw new IllegalStateException("not planned for a mount");
        }
      }
    }
    return path;
  }

  private void make(Fd root, TarEntry entry) {
    Attributes attributes = entry.attributes();
    switch (entry.content()) {
      case TarContent.Directory _ -> {
        var _ = kernel.tree().mkdirIfAbsent(root, entry.name(), 0755);
        kernel.attributes().chmodat(root, entry.name(), attributes.mode());
      }
      case TarContent.Symlink(String target) -> kernel.tree().symlinkat(target, root, entry.name());
      case TarContent.RegularFile _ -> data(root, entry, Fd.CWD);
      case TarContent.HardLink(String target) ->
          kernel.tree().linkat(root, target, root, entry.name());
      case TarContent.Device _, TarContent.Fifo _ -> {
        // A mount of a source tree has no use for them.
      }
    }
  }

  /// Makes a regular file of another one's data, or, of none, an empty one.
  private void data(Fd root, TarEntry entry, Fd in) {
    OpenFlag[] flags = {OpenFlag.O_WRONLY, OpenFlag.O_CREAT, OpenFlag.O_TRUNC};
    try (Fd out = kernel.files().openat(root, entry.name(), 0600, flags)) {
      ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);
      while (in != Fd.CWD && kernel.files().read(in, chunk.clear()) > 0) {
        kernel.files().writeAll(out, chunk.flip());
      }
      kernel.attributes().chmod(out, entry.attributes().mode());
    }
  }

  /// Removes the place of a mount from a container's writable layer, and the directories above it,
  /// as long as they are empty: they are there for the mount only.
  ///
  /// @param upper the writable layer
  /// @param target the path inside
  void removeEmpty(Path upper, String target) {
    OpenHow how =
        new OpenHow(
            List.of(OpenFlag.O_PATH, OpenFlag.O_DIRECTORY),
            0,
            List.of(ResolveFlag.RESOLVE_BENEATH, ResolveFlag.RESOLVE_NO_SYMLINKS));
    try (Fd root =
        kernel.files().openat(Fd.CWD, upper.toString(), OpenFlag.O_PATH, OpenFlag.O_DIRECTORY)) {
      String path = target.substring(1);
      while (!path.isEmpty()) {
        int slash = path.lastIndexOf('/');
        String parent = slash < 0 ? "." : path.substring(0, slash);
        OpenResult opened = kernel.files().tryOpenat2(root, parent, how);
        if (!(opened instanceof OpenResult.Opened(Fd directory))) {
          return;
        }
        try (directory) {
          if (!removeOne(directory, path.substring(slash + 1))) {
            return;
          }
        }
        path = slash < 0 ? "" : path.substring(0, slash);
      }
    }
  }

  /// Removes an empty directory or an empty file; false if there is more in it.
  private boolean removeOne(Fd directory, String name) {
    var status = kernel.attributes().statIfPresent(directory, name, Links.NOFOLLOW);
    if (status.isEmpty()) {
      return true;
    }
    try {
      if (status.get().isDirectory()) {
        kernel.tree().rmdirat(directory, name);
        return true;
      }
      boolean empty = status.get().mode() >> 12 == 8 && status.get().sizeBytes() == 0;
      if (empty) {
        var _ = kernel.tree().unlinkIfPresent(directory, name);
      }
      return empty;
    } catch (KernelException e) {
      if (e.errno() == Errno.ENOTEMPTY || e.errno() == Errno.EEXIST) {
        return false;
      }
      throw e;
    }
  }

  @Override
  public void close() {
    if (directory.isPresent()) {
      try (Fd _ = directory.get();
          Fd all =
              kernel
                  .files()
                  .openat(Fd.CWD, place.toString(), OpenFlag.O_RDONLY, OpenFlag.O_DIRECTORY)) {
        new TreeRemover(kernel).remove(all, name);
      }
      directory = Optional.empty();
    }
  }
}
