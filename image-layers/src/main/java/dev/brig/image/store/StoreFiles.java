package dev.brig.image.store;

import dev.brig.error.UsageException;
import dev.brig.linux.DirectoryEntry;
import dev.brig.linux.Errno;
import dev.brig.linux.Fd;
import dev.brig.linux.FileStatus;
import dev.brig.linux.Kernel;
import dev.brig.linux.KernelException;
import dev.brig.linux.Links;
import dev.brig.linux.Lock;
import dev.brig.linux.OpenFlag;
import dev.brig.linux.TreeRemover;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The files of a store: where each is, who may write when, and how writing survives a crash.
///
///     oci-layout  index.json  blobs/ALGORITHM/HEX   an OCI image layout, as other tools know it
///     layers/KEY/{fs,layer.erofs,meta}              unpacked layers, in one form or both
///     names/NAME  sources/KEY                       images that were resolved before: may be lost any time
///     locks/{store,index,tmp,HEX}                   flock'ed, empty
///     tmp/KIND-…                                    what is being made, flock'ed by its maker
///     ingest/ALGORITHM-HEX.part                     what has arrived of a blob, guarded by locks/blob-HEX
///
/// A file appears under its final name when it is complete and stored, by renaming. Whatever lies in `tmp`
/// unlocked was left by someone who died.
///
/// Locks are taken in this order: `store` (shared by all who use or add, exclusive for removing), a
/// layer's, `index`, `tmp`.
final class StoreFiles implements AutoCloseable {
  static final String LAYOUT = "{\"imageLayoutVersion\":\"1.0.0\"}";

  private static final List<String> DIRECTORIES =
      List.of(
          "blobs",
          "blobs/sha256",
          "blobs/sha512",
          "layers",
          "names",
          "sources",
          "locks",
          "tmp",
          "ingest");

  private final Kernel kernel;
  private final Path path;
  private final Fd root;
  private int made;

  private StoreFiles(Kernel kernel, Path path, Fd root) {
    this.kernel = kernel;
    this.path = path;
    this.root = root;
  }

  /// Opens a store, or returns null if there is none. What another tool has put there becomes one.
  static @Nullable StoreFiles find(Kernel kernel, Path path) {
    StoreFiles found = open(kernel, path);
    if (found != null) {
      try {
        if (!found.exists("locks")) {
          found.makeDirectories();
        }
      } catch (KernelException e) {
        found.close();
        throw e.during("open the image store \"" + path + "\"");
      }
    }
    return found;
  }

  private static @Nullable StoreFiles open(Kernel kernel, Path path) {
    Optional<Fd> root =
        kernel
            .files()
            .openIfPresent(Fd.CWD, path.toString(), OpenFlag.O_RDONLY, OpenFlag.O_DIRECTORY);
    return root.isEmpty() ? null : new StoreFiles(kernel, path, root.get());
  }

  /// Tells whether something lies among a store's temporary files; cheap, and makes nothing.
  static boolean hasTemporary(Kernel kernel, Path path) {
    OpenFlag[] flags = {OpenFlag.O_RDONLY, OpenFlag.O_DIRECTORY};
    Optional<Fd> tmp = kernel.files().openIfPresent(Fd.CWD, path.resolve("tmp").toString(), flags);
    if (tmp.isEmpty()) {
      return false;
    }
    try (Fd fd = tmp.get()) {
      return !kernel.tree().list(fd).isEmpty();
    }
  }

  /// Opens a store, and makes what is not there of it.
  static StoreFiles make(Kernel kernel, Path path) {
    try {
      makeAbove(kernel, path);
      StoreFiles found = open(kernel, path);
      if (found == null) {
        throw new UsageException("image store \"" + path + "\"", "it was removed meanwhile", "");
      }
      try {
        found.makeDirectories();
      } catch (KernelException e) {
        found.close();
        throw e;
      }
      return found;
    } catch (KernelException e) {
      throw e.during("make the image store \"" + path + "\"");
    }
  }

  private static void makeAbove(Kernel kernel, Path path) {
    // The owner's alone: the set-user-ID programs of images are no business of the host's other
    // users.
    try {
      var _ = kernel.tree().mkdirIfAbsent(Fd.CWD, path.toString(), 0700);
    } catch (KernelException e) {
      Path parent = path.getParent();
      if (e.errno() != Errno.ENOENT || parent == null) {
        throw e;
      }
      makeAbove(kernel, parent);
      var _ = kernel.tree().mkdirIfAbsent(Fd.CWD, path.toString(), 0700);
    }
  }

  private void makeDirectories() {
    for (String directory : DIRECTORIES) {
      var _ = kernel.tree().mkdirIfAbsent(root, directory, 0700);
    }
    if (!exists("oci-layout")) {
      writeAtomically("oci-layout", LAYOUT.getBytes(StandardCharsets.UTF_8));
    }
  }

  Kernel kernel() {
    return kernel;
  }

  Path path() {
    return path;
  }

  /// Returns the store's directory, for calls with paths relative to it.
  Fd root() {
    return root;
  }

  boolean exists(String name) {
    return status(name) != null;
  }

  @Nullable FileStatus status(String name) {
    return kernel.attributes().statIfPresent(root, name, Links.NOFOLLOW).orElse(null);
  }

  /// Returns a small file's contents, or null if it is not there.
  byte @Nullable [] read(String name, int lengthMax) {
    Optional<Fd> fd = kernel.files().openIfPresent(root, name, OpenFlag.O_RDONLY);
    if (fd.isEmpty()) {
      return null;
    }
    try (Fd open = fd.get()) {
      return kernel.files().readAll(open, lengthMax);
    }
  }

  /// Takes a lock, waiting for it, until the descriptor is closed.
  Fd lock(String name, Lock lock) {
    OpenFlag[] flags = {OpenFlag.O_RDWR, OpenFlag.O_CREAT};
    return locked(kernel.files().openat(root, "locks/" + name, 0600, flags), lock);
  }

  /// Takes a lock as [#lock], unless somebody else has it.
  Optional<Fd> tryLock(String name, Lock lock) {
    OpenFlag[] flags = {OpenFlag.O_RDWR, OpenFlag.O_CREAT};
    Fd fd = kernel.files().openat(root, "locks/" + name, 0600, flags);
    try {
      if (kernel.files().tryLock(fd, lock)) {
        return Optional.of(fd);
      }
    } catch (KernelException e) {
      fd.close();
      throw e;
    }
    fd.close();
    return Optional.empty();
  }

  private Fd locked(Fd fd, Lock lock) {
    try {
      kernel.files().lock(fd, lock);
      return fd;
    } catch (KernelException e) {
      fd.close();
      throw e;
    }
  }

  /// Writes a file so that it is there completely or not at all, whatever happens.
  void writeAtomically(String name, byte[] bytes) {
    try (Temporary temporary = temporaryFile()) {
      kernel.files().writeAll(temporary.fd(), bytes);
      kernel.attributes().chmod(temporary.fd(), 0644);
      kernel.files().fsync(temporary.fd());
      temporary.publish(name);
    }
  }

  /// Writes a file that may be lost in a crash but is never seen half written.
  void writeCache(String name, byte[] bytes) {
    try (Temporary temporary = temporaryFile()) {
      kernel.files().writeAll(temporary.fd(), bytes);
      kernel.tree().rename(root, temporary.name(), root, name);
      temporary.forget();
    }
  }

  /// Stores a directory's entries.
  void syncDirectory(String name) {
    try (Fd fd = kernel.files().openat(root, name, OpenFlag.O_RDONLY, OpenFlag.O_DIRECTORY)) {
      kernel.files().fsync(fd);
    }
  }

  Temporary temporaryFile() {
    // A sweeper that came between making and locking would take it for a dead one's.
    try (Fd _ = lock("tmp", Lock.EXCLUSIVE)) {
      String name = temporaryName("file");
      OpenFlag[] flags = {OpenFlag.O_RDWR, OpenFlag.O_CREAT, OpenFlag.O_EXCL};
      Fd fd = kernel.files().openat(root, name, 0600, flags);
      return new Temporary(this, name, locked(fd, Lock.EXCLUSIVE));
    }
  }

  Temporary temporaryDirectory() {
    try (Fd _ = lock("tmp", Lock.EXCLUSIVE)) {
      String name = temporaryName("layer");
      kernel.tree().mkdirat(root, name, 0700);
      Fd fd = kernel.files().openat(root, name, OpenFlag.O_RDONLY, OpenFlag.O_DIRECTORY);
      return new Temporary(this, name, locked(fd, Lock.EXCLUSIVE));
    }
  }

  private synchronized String temporaryName(String kind) {
    made++;
    long pid = ProcessHandle.current().pid();
    return "tmp/" + kind + "-" + pid + "-" + Long.toHexString(System.nanoTime()) + "-" + made;
  }

  /// Removes what dead processes left.
  void sweep() {
    try (Fd _ = lock("tmp", Lock.EXCLUSIVE);
        Fd tmp = kernel.files().openat(root, "tmp", OpenFlag.O_RDONLY, OpenFlag.O_DIRECTORY)) {
      for (var entry : kernel.tree().list(tmp)) {
        Optional<Fd> fd = kernel.files().openIfPresent(tmp, entry.name(), OpenFlag.O_RDONLY);
        if (fd.isPresent()) {
          try (Fd open = fd.get()) {
            if (kernel.files().tryLock(open, Lock.EXCLUSIVE)) {
              remover().remove(tmp, entry.name());
            }
          }
        }
      }
    }
  }

  TreeRemover remover() {
    return new TreeRemover(kernel);
  }

  /// Removes a file or a tree, if it is there.
  ///
  /// @param directory a directory of the store
  /// @param name a name in it
  void remove(String directory, String name) {
    try (Fd fd = kernel.files().openat(root, directory, OpenFlag.O_RDONLY, OpenFlag.O_DIRECTORY)) {
      remover().remove(fd, name);
    }
  }

  /// Returns the names in a directory of the store.
  List<String> list(String directory) {
    try (Fd fd = kernel.files().openat(root, directory, OpenFlag.O_RDONLY, OpenFlag.O_DIRECTORY)) {
      return kernel.tree().list(fd).stream().map(DirectoryEntry::name).sorted().toList();
    }
  }

  @Override
  public void close() {
    root.close();
  }
}
