package dev.brig.runtime.files;

import dev.brig.linux.Errno;
import dev.brig.linux.Fd;
import dev.brig.linux.Host;
import dev.brig.linux.Kernel;
import dev.brig.linux.KernelException;
import dev.brig.linux.OpenFlag;
import dev.brig.runtime.container.CgroupControl;
import dev.brig.runtime.container.Container;
import dev.brig.runtime.container.ContainerException;
import dev.brig.runtime.container.ContainerException.Problem;
import dev.brig.runtime.container.ContainerId;
import dev.brig.runtime.container.ContainerStore;
import dev.brig.runtime.container.Degree;
import dev.brig.runtime.container.InitProcess;
import dev.brig.runtime.container.Standstill;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Opens the files of containers.
public final class ContainerTrees {
  private final Kernel kernel;
  private final ContainerStore store;
  private final CgroupControl cgroups;
  private final RootMounts roots;
  private final Map<ContainerId, Fd> held;

  /// Whether a running container goes on while its files are read.
  public enum Motion {
    /// It stands still.
    STOPPED,
    /// It goes on.
    GOES_ON
  }

  /// Makes one for the containers of a store.
  ///
  /// @param kernel the system calls
  /// @param host what the machine has
  /// @param store the containers
  /// @param cgroups what makes containers stand still
  /// @param held the roots of running containers that are open already
  public ContainerTrees(
      Kernel kernel,
      Host host,
      ContainerStore store,
      CgroupControl cgroups,
      Map<ContainerId, Fd> held) {
    this.kernel = kernel;
    this.store = store;
    this.cgroups = cgroups;
    this.held = Map.copyOf(held);
    this.roots = new RootMounts(kernel, host);
  }

  /// Returns what puts roots together.
  public RootMounts roots() {
    return roots;
  }

  /// Opens a container's files for reading, as the container has them: without what is mounted in
  /// its root. A container that is not running cannot be started meanwhile.
  ///
  /// @param step what for, for messages: `diff`
  /// @throws ContainerException if its files cannot be had
  public Opened read(Container container, String step, Motion motion) {
    refuseMachine(container, step);
    Opened opened = new Opened();
    try {
      if (container.status().isAlive()) {
        if (motion == Motion.STOPPED) {
          opened.hold(Standstill.of(kernel, store, cgroups, container));
        }
      } else {
        opened.hold(store.lockEvenIfMounted(container, step));
      }
      if (container.status().isAlive() && !container.record().memory().isEmpty()) {
        // Its writable layer is in its own mount namespace only.
        opened.before = opened.hold(roots.stacked(container.record().image().layers().reversed()));
        opened.after = opened.hold(running(container, step));
        return opened;
      }
      List<Path> frozen = frozen(container);
      List<Path> image = new ArrayList<>(container.record().image().layers().reversed());
      image.removeAll(frozen);
      List<Path> all = new ArrayList<>();
      all.add(container.paths().upper());
      all.addAll(frozen);
      for (Path layer : all) {
        opened.guides.add(opened.hold(directory(layer)));
      }
      all.addAll(image);
      opened.before = opened.hold(roots.stacked(image));
      opened.after = opened.hold(roots.stacked(all));
      return opened;
    } catch (RuntimeException e) {
      opened.close(e);
      throw e;
    }
  }

  /// Opens a container's root for writing: of a running one as its processes see it, with all that
  /// is mounted in it, of another one its files.
  ///
  /// @param step what for, for messages: `cp`
  public Opened write(Container container, String step) {
    refuseMachine(container, step);
    Opened opened = new Opened();
    try {
      if (container.status().isAlive()) {
        opened.after = opened.hold(running(container, step));
      } else if (!container.record().memory().isEmpty()) {
        throw new ContainerException(
            Problem.WRONG_STATE,
            step + " " + container.name(),
            "what it wrote was in memory, and it is not running",
            "brig start " + container.name() + " begins anew");
      } else {
        opened.hold(store.lock(container, step));
        List<Path> layers = container.record().image().layers().reversed();
        opened.after =
            opened.hold(
                roots.writable(layers, container.paths().upper(), container.paths().work()));
      }
      return opened;
    } catch (RuntimeException e) {
      opened.close(e);
      throw e;
    }
  }

  /// Mounts the root of a container that is not running where people can see it.
  ///
  /// @return the place
  public Path mount(Container container) {
    refuseMachine(container, "mount");
    Path place = container.paths().mount();
    try (var _ = store.lockEvenIfMounted(container, "mount")) {
      if (store.isMounted(container)) {
        return place;
      }
      var _ = kernel.tree().mkdirIfAbsent(Fd.CWD, place.toString(), 0700);
      List<Path> layers = container.record().image().layers().reversed();
      try (Fd root = roots.writable(layers, container.paths().upper(), container.paths().work())) {
        kernel.mounts().moveMount(root, place.toString());
      }
    }
    return place;
  }

  /// Takes a container's root from where people can see it.
  ///
  /// @return whether it was there
  public boolean umount(Container container) {
    String place = container.paths().mount().toString();
    boolean mounted = store.isMounted(container);
    if (mounted) {
      try {
        kernel.mounts().umount(place);
      } catch (KernelException e) {
        throw e.during("umount " + place);
      }
    }
    var _ = kernel.tree().rmdirIfPresent(Fd.CWD, place);
    return mounted;
  }

  /// Returns where a running container's root can be seen.
  public Path runningRoot(Container container) {
    refuseMachine(container, "mount");
    running(container, "mount").close();
    return Path.of(rootPath(container));
  }

  /// Throws if a container's files are the memory of a virtual machine.
  ///
  /// @param step what was to be done with them, for messages
  static void refuseMachine(Container container, String step) {
    if (container.record().degree() == Degree.VM) {
      throw new ContainerException(
          Problem.WRONG_STATE,
          step + " " + container.name(),
          "what a virtual machine writes is in its memory",
          "share a directory with it (--volume), or save all of it: brig snapshot --to FILE "
              + container.name());
    }
  }

  /// Returns where the root of a running container is reached: below its first process, unless that
  /// stays outside, in the host's root or in a mount namespace of its own.
  private static String rootPath(Container container) {
    String first = "/proc/" + container.processes().initPid() + "/root";
    return switch (container.record().degree()) {
      case BARE -> container.paths().rootfs().toString();
      case CHROOT, NAMESPACES, CONTAINER -> first;
      case GVISOR -> first + container.paths().rootfs();
      case VM -> throw new IllegalStateException("a machine's root is nowhere on the host");
    };
  }

  /// Returns the layers of a container that were once its writable one, the topmost first.
  public List<Path> frozen(Container container) {
    List<Path> frozen = new ArrayList<>();
    for (Path layer : container.record().image().layers().reversed()) {
      if (FrozenLayers.isWritten(store.paths(), layer)) {
        frozen.add(layer);
      }
    }
    return frozen;
  }

  private Fd directory(Path path) {
    return kernel.files().openat(Fd.CWD, path.toString(), OpenFlag.O_PATH, OpenFlag.O_DIRECTORY);
  }

  /// Opens the root of a running container's first process. The process is held by a descriptor
  /// first, and asked afterwards whether it still lives: then the root was its own, and not that of
  /// another process with its number.
  private Fd running(Container container, String step) {
    Optional<InitProcess> init = InitProcess.of(kernel, container.processes());
    if (init.isPresent()) {
      try (InitProcess process = init.get()) {
        Fd root = root(container, step);
        if (process.isAlive()) {
          return root;
        }
        root.close();
      }
    }
    throw new ContainerException(
        Problem.WRONG_STATE,
        step + " " + container.name(),
        "container " + container.name() + " has just started, or is about to end",
        "try again");
  }

  private Fd root(Container container, String step) {
    Fd open = held.get(container.id());
    if (open != null) {
      return kernel.files().duplicate(open, 0);
    }
    String path = rootPath(container);
    try {
      return kernel.files().openat(Fd.CWD, path, OpenFlag.O_PATH, OpenFlag.O_DIRECTORY);
    } catch (KernelException e) {
      if (e.errno() != Errno.EACCES) {
        throw e;
      }
      throw new ContainerException(
          Problem.WRONG_STATE,
          step + " " + container.name(),
          "the kernel shows its files to its own user namespace only",
          "stop it first, or use tar: brig exec " + container.name() + " tar -c PATH");
    }
  }

  /// Files that are held open until this is closed.
  public static final class Opened implements AutoCloseable {
    private final Deque<AutoCloseable> held = new ArrayDeque<>();
    private final List<Fd> guides = new ArrayList<>();
    private Fd before = Fd.CWD;
    private Fd after = Fd.CWD;

    private <T extends AutoCloseable> T hold(T resource) {
      held.push(resource);
      return resource;
    }

    /// Returns the root of the image, if the container was opened for reading.
    public Fd before() {
      return before;
    }

    /// Returns the root of the container.
    public Fd after() {
      return after;
    }

    /// Returns the layers that make the container out of the image, the topmost first.
    public List<Fd> guides() {
      return guides;
    }

    private void close(RuntimeException cause) {
      try {
        close();
      } catch (RuntimeException e) {
        cause.addSuppressed(e);
      }
    }

    @Override
    public void close() {
      RuntimeException failure = null;
      while (!held.isEmpty()) {
        try {
          held.pop().close();
        } catch (RuntimeException e) {
          failure = e;
        } catch (Exception e) {
          throw new IllegalStateException(e);
        }
      }
      if (failure != null) {
        throw failure;
      }
    }
  }
}
