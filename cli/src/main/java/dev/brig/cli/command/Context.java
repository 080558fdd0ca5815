package dev.brig.cli.command;

import dev.brig.error.BrigException;
import dev.brig.error.UnsupportedException;
import dev.brig.error.UsageException;
import dev.brig.image.Image;
import dev.brig.image.layer.Limits;
import dev.brig.image.store.ImageStore;
import dev.brig.image.store.LayerChoice;
import dev.brig.linux.Host;
import dev.brig.linux.HostProbe;
import dev.brig.linux.Kernel;
import dev.brig.linux.KernelFeature;
import dev.brig.runtime.container.CgroupControl;
import dev.brig.runtime.container.ContainerStore;
import dev.brig.runtime.container.KernelCgroupControl;
import dev.brig.runtime.container.Lifecycle;
import dev.brig.runtime.container.StatePaths;
import dev.brig.runtime.container.Volumes;
import dev.brig.runtime.files.FrozenLayers;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a command is given: the machine, the caller, brig's state. Each part is made when it is
/// first asked for, since starting is most of what a short command does.
///
/// Not for use by several threads.
public final class Context {
  private static final String DEFAULT_ROOT = "/var/lib/brig";
  private static final String DEFAULT_RUN = "/run/brig";
  private static final String LAYERS = "BRIG_LAYERS";

  /// Set in brig's own user namespace, to the id of the user outside, whose state brig then uses.

  private final GlobalOptions options;

  private final Map<String, String> environment;
  private final PrintStream out;
  private final PrintStream err;
  private @Nullable Kernel kernel;
  private @Nullable Host host;
  private @Nullable StatePaths paths;
  private @Nullable ContainerStore containers;

  /// Makes a context in which nothing is made yet.
  ///
  /// @param options what stands before the command's name
  /// @param environment the caller's environment
  /// @param out standard output
  /// @param err standard error
  public Context(
      GlobalOptions options, Map<String, String> environment, PrintStream out, PrintStream err) {
    this.options = options;
    this.environment = environment;
    this.out = out;
    this.err = err;
  }

  /// Returns the same context with these system calls in place of this machine's.
  public Context calling(Kernel other) {
    Context context = new Context(options, environment, out, err);
    context.kernel = other;
    return context;
  }

  /// What stands before the command's name.
  ///
  /// @param root the directory for all state, or empty for the usual ones
  /// @param debug whether to tell each system call and where a failure came from
  /// @param words the command's name and what follows it
  public record GlobalOptions(String root, boolean debug, List<String> words) {
    /// Copies the list.
    public GlobalOptions {
      words = List.copyOf(words);
    }
  }

  /// Returns what stands before the command's name.
  public GlobalOptions options() {
    return options;
  }

  /// Returns the caller's environment.
  public Map<String, String> environment() {
    return environment;
  }

  /// Returns standard output.
  public PrintStream out() {
    return out;
  }

  /// Returns standard error.
  public PrintStream err() {
    return err;
  }

  /// Returns the system calls of brig's own process, told on standard error with `--debug`.
  public Kernel kernel() {
    Kernel known = kernel;
    if (known == null) {
      known = Kernel.ofThisMachine();
      if (options.debug()) {
        known = known.tracedTo(err::println);
      }
      kernel = known;
    }
    return known;
  }

  /// Returns the facts of this machine.
  public Host host() {
    Host known = host;
    if (known == null) {
      known = new HostProbe(kernel(), searchPath());
      host = known;
    }
    return known;
  }

  /// Returns all containers, after what killed brigs and containers left was cleared up.
  public ContainerStore containers() {
    ContainerStore known = containers;
    if (known == null) {
      known = containersAsTheyAre();
      // Inside, brig may not end processes of containers; it has swept before it went there.
      if (!inside().isHere()) {
        for (BrigException problem : known.sweep()) {
          warn(problem.failure().line());
        }
      }
      try (ImageStore images = images(imagesDirectory(), LayerChoice.DIRECTORY)) {
        images.sweep();
      } catch (BrigException e) {
        if (!inside().hasMoreIds() || inside().run("internal", "sweep") != ExitCodes.SUCCESS) {
          warn(e.failure().line());
        }
      }
      containers = known;
    }
    return known;
  }

  /// Returns all containers, for commands that may change nothing.
  public ContainerStore containersAsTheyAre() {
    return new ContainerStore(kernel(), paths(), cgroups(), new MappedTreeRemover(this, "remove"));
  }

  /// Finds an image, as [ImageStore#resolve] does; an ordinary user's is unpacked in the caller's
  /// own user namespace, so that its files keep their owners.
  public Image resolve(ImageStore images, String reference) {
    unpack(images, reference);
    return images.resolve(reference);
  }

  /// Unpacks an image's layers in the caller's own user namespace, if they are not unpacked and
  /// there are more ids there.
  public void unpack(ImageStore images, String reference) {
    if (!images.isUnpacked(reference) && inside().hasMoreIds()) {
      String command = options.words().getFirst();
      int status = inside().run("internal", "unpack", command, reference);
      if (status != ExitCodes.SUCCESS) {
        throw new ToldException(status);
      }
    }
  }

  /// Returns the way to the caller's own user namespace.
  public Inside inside() {
    return new Inside(this);
  }

  /// Returns the volumes.
  public Volumes volumes() {
    return new Volumes(kernel(), paths().volumes(), new MappedTreeRemover(this, "remove-volume"));
  }

  /// Returns the layers that containers have written and that are kept.
  public FrozenLayers frozen() {
    return new FrozenLayers(kernel(), containers(), new MappedTreeRemover(this, "remove-frozen"));
  }

  /// Returns what acts on containers' cgroups.
  public CgroupControl cgroups() {
    return new KernelCgroupControl(kernel());
  }

  /// Returns what is done to containers that live or have ended.
  public Lifecycle lifecycle() {
    return new Lifecycle(kernel(), containers(), cgroups());
  }

  /// Opens the images, with layers in the form that BRIG_LAYERS says, or the best one here.
  ///
  /// @throws UsageException if BRIG_LAYERS is no form
  public ImageStore images() {
    return images(imagesDirectory(), layers());
  }

  /// Opens images that are in a directory, with layers in this form.
  public ImageStore images(Path directory, LayerChoice choice) {
    return ImageStore.open(directory, kernel(), Limits.DEFAULT, choice, this::warn);
  }

  /// Returns where the images are.
  public Path imagesDirectory() {
    return paths().root().resolve("images");
  }

  /// Returns the form of layers for containers with a user namespace of their own, where EROFS
  /// images cannot be mounted.
  ///
  /// @throws UnsupportedException if BRIG_LAYERS wants images
  public LayerChoice layersInUserNamespace() {
    if (layers() == LayerChoice.EROFS) {
      throw noImages("a container with a user namespace of its own");
    }
    return LayerChoice.DIRECTORY;
  }

  /// Returns the form of layers that BRIG_LAYERS says, or the best one here.
  ///
  /// @throws UsageException if BRIG_LAYERS is no form
  public LayerChoice layers() {
    String wanted = variable(LAYERS);
    return switch (wanted) {
      case "directory" -> LayerChoice.DIRECTORY;
      case "erofs" -> {
        if (isRootless()) {
          throw noImages("an ordinary user");
        }
        yield LayerChoice.EROFS;
      }
      case "" ->
          isRootless() || !host().has(KernelFeature.EROFS_FROM_FILE)
              ? LayerChoice.DIRECTORY
              : LayerChoice.EITHER;
      default ->
          throw new UsageException(
              LAYERS + " \"" + wanted + "\"", "no form of layers", "\"directory\" or \"erofs\"");
    };
  }

  private static UnsupportedException noImages(String who) {
    return new UnsupportedException(
        LAYERS + " \"erofs\"",
        "the kernel lets " + who + " mount no EROFS image",
        "leave " + LAYERS + " out");
  }

  /// Returns the command that runs brig with the same state, for the program of a container.
  public List<String> self() {
    List<String> self = new ArrayList<>();
    self.add(System.getProperty("brig.command", "brig"));
    if (!options.root().isEmpty()) {
      self.add("--root");
      self.add(paths().root().toString());
    }
    return self;
  }

  /// Tells of something that does not keep the command from succeeding.
  public void warn(String text) {
    err.println("brig: warning: " + text);
  }

  /// Tells whether the caller is not the machine's root: an ordinary user, perhaps as root of a
  /// user namespace.
  public boolean isRootless() {
    return host().identity().isRootless();
  }

  /// Returns where brig keeps its state: below `--root` or `BRIG_ROOT`, else in /var/lib and /run
  /// for root and in the directories of the XDG specification for an ordinary user.
  ///
  /// @throws UsageException if the user's directory cannot be found out
  public StatePaths paths() {
    StatePaths known = paths;
    if (known == null) {
      known = findPaths();
      paths = known;
    }
    return known;
  }

  private StatePaths findPaths() {
    String chosen = options.root().isEmpty() ? variable("BRIG_ROOT") : options.root();
    if (!chosen.isEmpty()) {
      Path root = path(options.root().isEmpty() ? "BRIG_ROOT" : "--root", chosen);
      return new StatePaths(root, root.resolve("run"));
    }
    if (!isRootless()) {
      return new StatePaths(Path.of(DEFAULT_ROOT), Path.of(DEFAULT_RUN));
    }
    String data = variable("XDG_DATA_HOME");
    if (data.isEmpty()) {
      String home = variable("HOME");
      if (home.isEmpty()) {
        throw new UsageException("HOME", "is not set", "set it, or say where: --root DIRECTORY");
      }
      data = home + "/.local/share";
    }
    String runtime = variable("XDG_RUNTIME_DIR");
    String run = runtime.isEmpty() ? "/tmp/brig-" + user() : runtime + "/brig";
    return new StatePaths(
        path("XDG_DATA_HOME", data).resolve("brig"), path("XDG_RUNTIME_DIR", run));
  }

  private String user() {
    String outside = variable(Inside.VARIABLE);
    return outside.isEmpty() ? Integer.toUnsignedString(host().identity().euid()) : outside;
  }

  private String variable(String name) {
    return environment.getOrDefault(name, "");
  }

  private static Path path(String origin, String text) {
    try {
      return Path.of(text).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      throw new UsageException(origin + " " + text, "not a path", "");
    }
  }

  /// Returns the directories in which the caller's shell looks for programs.
  public List<String> searchPath() {
    List<String> directories = new ArrayList<>();
    for (String directory : variable("PATH").split(":", -1)) {
      if (directory.startsWith("/")) {
        directories.add(directory);
      }
    }
    return directories;
  }

  /// Returns where the caller's shell finds a program, if it does.
  public Optional<String> program(String name) {
    for (String directory : searchPath()) {
      Path file = Path.of(directory, name);
      if (Files.isExecutable(file) && !Files.isDirectory(file)) {
        return Optional.of(file.toString());
      }
    }
    return Optional.empty();
  }
}
