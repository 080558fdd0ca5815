package dev.brig.runtime.container;

import dev.brig.linux.Fd;
import dev.brig.linux.Kernel;
import dev.brig.linux.Links;
import dev.brig.runtime.compile.IdMappings;
import dev.brig.runtime.container.ContainerException.Problem;
import dev.brig.runtime.container.StateFiles.Durability;
import dev.brig.runtime.spec.Spec;
import dev.brig.runtime.spec.SpecWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// Makes one container's files, in an order that a kill at any point leaves clear.
///
/// ```
///   1. RUN/containers/ID/lock, locked     from here on a sweep finds what is left
///   2. ROOT/names/NAME -> ID              the name is ours, or all ends here
///   3. ROOT/containers/ID/…, config.json and all other files, so that what exists is whole
///   4. container.json, by rename          the container exists
/// ```
///
/// A sweep that gets the lock and finds no `container.json` undoes 3, 2 and 1.
final class Creation {
  private static final Duration LOCK_LIMIT = Duration.ofSeconds(10);
  private static final int PRIVATE = 0700;
  private static final int PUBLIC = 0755;
  private static final int PASSABLE = 0711;

  private final Kernel kernel;
  private final StatePaths state;
  private final Undertaker undertaker;

  Creation(Kernel kernel, StatePaths state, Undertaker undertaker) {
    this.kernel = kernel;
    this.state = state;
    this.undertaker = undertaker;
  }

  LockedContainer create(ContainerRecord record, Spec spec, Contents contents) {
    ContainerPaths paths = state.of(record.id());
    ContainerLock lock = lock(paths);
    ContainerRecord named = reserve(lock, record);
    try {
      makeFiles(paths, named, spec, contents);
    } catch (RuntimeException e) {
      undo(e, lock, named);
      throw e;
    }
    return new LockedContainer(kernel, undertaker, lock, named, LockedContainer.State.NEW);
  }

  /// Reserves the name; if that fails, gives the lock up.
  private ContainerRecord reserve(ContainerLock lock, ContainerRecord record) {
    try {
      lock.markNew();
      String name = new Names(kernel, state.names()).reserve(record.name(), record.id());
      return name.equals(record.name()) ? record : record.toBuilder().name(name).build();
    } catch (RuntimeException e) {
      try (lock) {
        lock.release();
      } catch (RuntimeException further) {
        e.addSuppressed(further);
      }
      throw e;
    }
  }

  private ContainerLock lock(ContainerPaths paths) {
    // Only a sweep can be in the way, and only for a moment.
    Optional<ContainerLock> lock = ContainerLock.take(kernel, paths, LOCK_LIMIT);
    if (lock.isEmpty()) {
      throw new ContainerException(
          Problem.BUSY,
          "create container " + paths.id().shortText(),
          "another brig is working on a container of this id",
          "");
    }
    return lock.get();
  }

  private void makeFiles(
      ContainerPaths paths, ContainerRecord record, Spec spec, Contents contents) {
    kernel.tree().mkdirat(Fd.CWD, paths.directory().toString(), PRIVATE);
    makeLayer(paths, spec);
    StateFiles files = new StateFiles(kernel);
    Durability durability = ContainerFiles.durability(record);
    files.write(paths.config(), SpecWriter.write(spec), durability);
    for (Map.Entry<String, String> file : contents.files().entrySet()) {
      Path path = paths.directory().resolve(file.getKey());
      files.writeReadable(path, file.getValue(), durability);
      var _ = giveToRootInside(path, spec);
    }
    new ContainerFiles(kernel, paths).write(record);
    if (durability == Durability.STORED) {
      files.store(paths.directory());
      files.store(state.containers());
      files.store(state.names());
    }
  }

  /// Gives what the container sees to whoever is user 0 there. Only root can give files away; a
  /// user's own id is what maps to 0, or the owner does not matter.
  private boolean giveToRootInside(Path path, Spec spec) {
    int uid = (int) IdMappings.hostIdOfRoot(spec.linux().uidMappings());
    int gid = (int) IdMappings.hostIdOfRoot(spec.linux().gidMappings());
    boolean gives = (uid > 0 || gid > 0) && kernel.processes().euid() == 0;
    if (gives) {
      kernel.attributes().chownat(Fd.CWD, path.toString(), uid, gid, Links.NOFOLLOW);
    }
    return gives;
  }

  /// Makes the overlay's directories. The upper one is `/` inside: everyone may pass, and it
  /// belongs to whoever is user 0 there.
  private void makeLayer(ContainerPaths paths, Spec spec) {
    String upper = paths.upper().toString();
    kernel.tree().mkdirat(Fd.CWD, upper, PUBLIC);
    // The umask took away what others need.
    kernel.attributes().chmodat(Fd.CWD, upper, PUBLIC);
    kernel.tree().mkdirat(Fd.CWD, paths.work().toString(), PRIVATE);
    kernel.tree().mkdirat(Fd.CWD, paths.rootfs().toString(), PUBLIC);
    boolean given = giveToRootInside(paths.upper(), spec);
    if (given) {
      var _ = giveToRootInside(paths.work(), spec);
      // Inside, it is reached as a mount of its own; the host's others don't come past ROOT.
      kernel.attributes().chmodat(Fd.CWD, paths.directory().toString(), PASSABLE);
    }
  }

  /// Removes what was made; if that fails, its entry stays for the next sweep.
  private void undo(RuntimeException cause, ContainerLock lock, ContainerRecord record) {
    try (lock) {
      undertaker.remove(lock.paths(), record);
      lock.release();
    } catch (RuntimeException e) {
      cause.addSuppressed(e);
    }
  }
}
