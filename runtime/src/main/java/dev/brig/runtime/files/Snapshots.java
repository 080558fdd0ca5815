package dev.brig.runtime.files;

import dev.brig.error.UsageException;
import dev.brig.linux.Fd;
import dev.brig.linux.Kernel;
import dev.brig.linux.OpenFlag;
import dev.brig.runtime.container.CgroupControl;
import dev.brig.runtime.container.Container;
import dev.brig.runtime.container.ContainerException;
import dev.brig.runtime.container.ContainerException.Problem;
import dev.brig.runtime.container.ContainerName;
import dev.brig.runtime.container.ContainerStore;
import dev.brig.runtime.container.LockedContainer;
import dev.brig.runtime.container.Snapshot;
import dev.brig.runtime.container.SnapshotList;
import dev.brig.runtime.container.Standstill;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Keeps what containers have at a moment, and brings it back.
///
/// The writable layer of a container that is not running is *moved*: it becomes a frozen layer
/// below a new, empty one, in the time of two renames. That of a running container, which overlayfs
/// holds, is *copied* while the container stands still, blocks shared where the file system can.
public final class Snapshots {
  private static final int MILLIS = 1000;

  private final Kernel kernel;
  private final ContainerStore store;
  private final CgroupControl cgroups;
  private final FrozenLayers frozen;
  private final TreeCopier copier;

  /// Copies trees with everything that overlayfs keeps in them.
  @FunctionalInterface
  public interface TreeCopier {
    /// Copies what is in a directory, and the directory's own attributes.
    ///
    /// @param from the directory
    /// @param to an empty directory
    void copy(Fd from, Fd to);
  }

  /// Makes one for the containers of a store.
  ///
  /// @param kernel the system calls
  /// @param store the containers
  /// @param cgroups what makes containers stand still
  /// @param frozen the layers that are kept
  /// @param copier copies the writable layers of running containers
  public Snapshots(
      Kernel kernel,
      ContainerStore store,
      CgroupControl cgroups,
      FrozenLayers frozen,
      TreeCopier copier) {
    this.kernel = kernel;
    this.store = store;
    this.cgroups = cgroups;
    this.frozen = frozen;
    this.copier = copier;
  }

  /// What a container has at a moment, none of which is removed before this is closed.
  ///
  /// @param layers all layers, the lowest first
  /// @param place what keeps the topmost layer, if that is a new one
  public record Moment(List<Path> layers, Optional<FrozenLayers.Place> place)
      implements AutoCloseable {
    /// Copies the list.
    public Moment {
      layers = List.copyOf(layers);
    }

    @Override
    public void close() {
      place.ifPresent(FrozenLayers.Place::close);
    }
  }

  /// Keeps what a container has now.
  ///
  /// @param name what to call it, or empty for a name that is free
  /// @param comment what it is for, or empty
  /// @throws UsageException if the name is taken or none
  public Snapshot take(Container container, String name, String comment) {
    checkName(container, name);
    try (Moment moment = moment(container, "snapshot")) {
      return frozen.undisturbed(() -> {
        SnapshotList list = store.snapshots(container.id());
        checkFree(container, list, name);
        Snapshot snapshot =
            new Snapshot(
                name.isEmpty() ? freeName(list) : name,
                list.current(),
                System.currentTimeMillis() / MILLIS,
                comment,
                moment.layers());
        store.write(container.id(), list.with(snapshot));
        return snapshot;
      });
    }
  }

  private void checkName(Container container, String name) {
    if (!name.isEmpty() && !ContainerName.isName(name)) {
      throw new UsageException(
          "snapshot name \"" + name + "\"",
          "a name begins with a letter or a digit, goes on with letters, digits, _ . -",
          "before-upgrade, for example");
    }
    checkFree(container, store.snapshots(container.id()), name);
  }

  private static void checkFree(Container container, SnapshotList list, String name) {
    if (!name.isEmpty() && list.find(name).isPresent()) {
      throw new UsageException(
          "snapshot name \"" + name + "\"",
          "container " + container.name() + " has a snapshot of this name",
          "brig snapshot --rm " + container.name() + " " + name + " removes it");
    }
  }

  private static String freeName(SnapshotList list) {
    int number = list.snapshots().size() + 1;
    while (list.find("s" + number).isPresent()) {
      number++;
    }
    return "s" + number;
  }

  /// Returns what a container has now, as layers that do not change any more.
  ///
  /// @param step what for, for messages: `clone`
  public Moment moment(Container container, String step) {
    Container now = store.find(container.id().text());
    ContainerTrees.refuseMachine(now, step);
    if (!now.record().memory().isEmpty()) {
      throw new UsageException(
          step + " " + now.name(),
          "what it writes is in memory, and no layer that could be kept",
          "brig commit " + now.name() + " makes an image of it while it runs");
    }
    return now.status().isAlive() ? copied(now) : moved(now, step);
  }

  private Moment moved(Container container, String step) {
    try (LockedContainer locked = store.lock(container, step)) {
      List<Path> layers = locked.record().image().layers();
      if (isEmpty(locked.paths().upper())) {
        return new Moment(layers, Optional.empty());
      }
      checkCount(container, layers);
      FrozenLayers.Place place = frozen.make(FrozenLayers.Origin.WRITTEN);
      try {
        locked.freeze(place.layer());
        return new Moment(locked.record().image().layers(), Optional.of(place));
      } catch (RuntimeException e) {
        place.close();
        throw e;
      }
    }
  }

  private Moment copied(Container container) {
    List<Path> layers = new ArrayList<>(container.record().image().layers());
    checkCount(container, layers);
    FrozenLayers.Place place = frozen.make(FrozenLayers.Origin.WRITTEN);
    try {
      kernel.tree().mkdirat(Fd.CWD, place.layer().toString(), 0700);
      try (Fd to = open(place.layer());
          Standstill _ = Standstill.of(kernel, store, cgroups, container);
          Fd from = open(container.paths().upper())) {
        copier.copy(from, to);
        kernel.files().syncfs(to);
      }
      layers.add(place.layer());
      return new Moment(layers, Optional.of(place));
    } catch (RuntimeException e) {
      place.close();
      throw e;
    }
  }

  private static void checkCount(Container container, List<Path> layers) {
    if (layers.size() + 1 >= RootMounts.LAYERS_MAX) {
      throw new UsageException(
          "container " + container.name(),
          "it stands on " + layers.size() + " layers, and overlayfs takes no more than 500",
          "brig commit --squash makes an image with one layer of it");
    }
  }

  private boolean isEmpty(Path directory) {
    try (Fd fd = open(directory)) {
      return kernel.tree().list(fd).isEmpty();
    }
  }

  private Fd open(Path directory) {
    return kernel
        .files()
        .openat(Fd.CWD, directory.toString(), OpenFlag.O_RDONLY, OpenFlag.O_DIRECTORY);
  }

  /// Returns a snapshot of a container.
  ///
  /// @throws ContainerException if it has none of this name
  public Snapshot find(Container container, String name) {
    return find(store.snapshots(container.id()), container, name);
  }

  private static Snapshot find(SnapshotList list, Container container, String name) {
    return list.find(name)
        .orElseThrow(() ->
            new ContainerException(
                Problem.NO_SUCH_CONTAINER,
                "snapshot \"" + name + "\"",
                "container " + container.name() + " has no such snapshot",
                "brig snapshots " + container.name() + " lists those that it has"));
  }

  /// Brings a container back to what it had; what it has written since is lost.
  ///
  /// @throws ContainerException if it is running, or has no such snapshot
  public void rollback(Container container, String name) {
    Snapshot wanted = find(container, name);
    try (LockedContainer locked = store.lock(container, "rollback")) {
      locked.resetTo(wanted.layers());
      frozen.undisturbed(() -> {
        SnapshotList list = store.snapshots(container.id());
        store.write(container.id(), list.standingOn(name));
        return list;
      });
    }
    frozen.collect();
  }

  /// Forgets a snapshot; layers that nothing else needs are removed.
  ///
  /// @throws ContainerException if the container has no such snapshot
  public void remove(Container container, String name) {
    frozen.undisturbed(() -> {
      SnapshotList list = store.snapshots(container.id());
      store.write(container.id(), list.without(find(list, container, name)));
      return list;
    });
    frozen.collect();
  }
}
