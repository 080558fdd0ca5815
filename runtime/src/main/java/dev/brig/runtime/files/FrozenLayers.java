package dev.brig.runtime.files;

import dev.brig.error.BrigException;
import dev.brig.linux.DirectoryEntry;
import dev.brig.linux.Fd;
import dev.brig.linux.Kernel;
import dev.brig.linux.Lock;
import dev.brig.linux.OpenFlag;
import dev.brig.runtime.container.Container;
import dev.brig.runtime.container.ContainerId;
import dev.brig.runtime.container.ContainerStore;
import dev.brig.runtime.container.Snapshot;
import dev.brig.runtime.container.SnapshotList;
import dev.brig.runtime.container.StatePaths;
import dev.brig.runtime.container.TreeRemover;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/// The layers that containers have written and that do not change any more: what snapshots keep and
/// clones share.
///
/// ```
///   ROOT/frozen/lock       held by whoever makes, counts or removes layers
///   ROOT/frozen/KEY/fs     a layer; KEY is locked while it is made
///   ROOT/frozen/KEY/image  an image's layer, which came with a container from elsewhere
/// ```
///
/// A layer that no container and no snapshot names, and that nobody holds, is removed by the next
/// who looks.
public final class FrozenLayers {
  private static final int PRIVATE = 0700;
  private static final int KEY_LENGTH = 16;

  private final Kernel kernel;
  private final ContainerStore store;
  private final TreeRemover trees;

  /// Makes one for the containers of a store.
  ///
  /// @param kernel the system calls
  /// @param store the containers
  /// @param trees removes layers
  public FrozenLayers(Kernel kernel, ContainerStore store, TreeRemover trees) {
    this.kernel = kernel;
    this.store = store;
    this.trees = trees;
  }

  /// Returns the directory in which they lie, each in a directory of its own.
  public static Path place(StatePaths state) {
    return state.root().resolve("frozen");
  }

  /// A place for a layer, which nobody removes before this is closed.
  ///
  /// @param layer the layer's path, where nothing is yet
  /// @param held the lock
  public record Place(Path layer, Fd held) implements AutoCloseable {
    @Override
    public void close() {
      held.close();
    }
  }

  /// What a frozen layer was.
  public enum Origin {
    /// A container's writable layer.
    WRITTEN("fs"),
    /// A layer of an image, which came with a container from elsewhere.
    IMAGE("image");

    private final String directory;

    Origin(String directory) {
      this.directory = directory;
    }
  }

  /// Tells whether a container has written a layer.
  static boolean isWritten(StatePaths state, Path layer) {
    return layer.startsWith(place(state)) && layer.endsWith(Origin.WRITTEN.directory);
  }

  /// Makes a place for a layer.
  ///
  /// @param origin what the layer was
  public Place make(Origin origin) {
    Path place = place(store.paths());
    var _ = kernel.tree().mkdirIfAbsent(Fd.CWD, place.toString(), PRIVATE);
    try (Fd _ = lock()) {
      String key = ContainerId.random(kernel).text().substring(0, KEY_LENGTH);
      Path directory = place.resolve(key);
      kernel.tree().mkdirat(Fd.CWD, directory.toString(), PRIVATE);
      Fd held = open(directory);
      kernel.files().lock(held, Lock.EXCLUSIVE);
      try (Fd all = open(place)) {
        kernel.files().fsync(all);
      }
      return new Place(directory.resolve(origin.directory), held);
    }
  }

  private Fd open(Path directory) {
    return kernel
        .files()
        .openat(Fd.CWD, directory.toString(), OpenFlag.O_RDONLY, OpenFlag.O_DIRECTORY);
  }

  private Fd lock() {
    String file = place(store.paths()).resolve("lock").toString();
    Fd fd = kernel.files().openat(Fd.CWD, file, 0600, OpenFlag.O_RDWR, OpenFlag.O_CREAT);
    kernel.files().lock(fd, Lock.EXCLUSIVE);
    return fd;
  }

  /// Does something during which no layer is removed and no list of snapshots changes.
  public <T> T undisturbed(Supplier<T> action) {
    var _ = kernel.tree().mkdirIfAbsent(Fd.CWD, place(store.paths()).toString(), PRIVATE);
    try (Fd _ = lock()) {
      return action.get();
    }
  }

  /// Removes the layers that nothing needs any more.
  public void collect() {
    Path place = place(store.paths());
    if (!kernel.attributes().exists(place.toString())) {
      return;
    }
    try (Fd _ = lock();
        Fd all = open(place)) {
      Optional<Set<Path>> used = used();
      if (used.isEmpty()) {
        // A container's record is damaged: whatever it needs is kept.
        return;
      }
      for (DirectoryEntry entry : kernel.tree().list(all)) {
        Path directory = place.resolve(entry.name());
        if (!entry.name().equals("lock") && !isUsed(directory, used.get())) {
          removeUnlessHeld(directory);
        }
      }
    }
  }

  private static boolean isUsed(Path directory, Set<Path> used) {
    for (Origin origin : Origin.values()) {
      if (used.contains(directory.resolve(origin.directory))) {
        return true;
      }
    }
    return false;
  }

  private void removeUnlessHeld(Path directory) {
    try (Fd fd = open(directory)) {
      if (kernel.files().tryLock(fd, Lock.EXCLUSIVE)) {
        trees.remove(directory);
      }
    }
  }

  private Optional<Set<Path>> used() {
    Set<Path> used = new HashSet<>();
    List<BrigException> problems = new ArrayList<>();
    for (Container container : store.list(problems)) {
      used.addAll(container.record().image().layers());
      SnapshotList list = store.snapshots(container.id());
      for (Snapshot snapshot : list.snapshots()) {
        used.addAll(snapshot.layers());
      }
    }
    return problems.isEmpty() ? Optional.of(used) : Optional.empty();
  }
}
