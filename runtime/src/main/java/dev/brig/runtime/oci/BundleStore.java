package dev.brig.runtime.oci;

import dev.brig.linux.DirectoryEntry;
import dev.brig.linux.Fd;
import dev.brig.linux.FileType;
import dev.brig.linux.Kernel;
import dev.brig.linux.OpenFlag;
import dev.brig.linux.TreeRemover;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The containers of OCI bundles below one root: `--root`.
///
/// ```
///   ROOT/ID/  state.json  config.json  pid  exec.fifo  failure.fifo  notify/notify.sock
/// ```
public final class BundleStore {
  static final String PID = "pid";
  static final String GATE = "exec.fifo";
  static final String FAILURE = "failure.fifo";
  private static final String STATE = "state.json";
  private static final String CONFIG = "config.json";
  // The state first: what is left of a removal that was killed is no container any more.
  private static final String[] FILES = {STATE, "." + STATE, GATE, FAILURE, CONFIG, PID};
  private static final String NOTIFY = "notify";
  private static final int ID_LENGTH_MAX = 1024;
  private static final int STATE_LENGTH_MAX = 1 << 20;

  private final Kernel kernel;
  private final Path root;

  /// Makes a store; touches nothing.
  ///
  /// @param kernel the way to the machine
  /// @param root its directory
  public BundleStore(Kernel kernel, Path root) {
    this.kernel = kernel;
    this.root = root;
  }

  /// Takes an id for a new container by making its directory.
  ///
  /// @return the directory
  /// @throws BundleException if the id is none or is taken
  public Path take(String id) {
    checkId(id);
    makeRoot(root);
    Path directory = root.resolve(id);
    if (!kernel.tree().mkdirIfAbsent(Fd.CWD, directory.toString(), 0711)) {
      throw new BundleException(
          "container with given ID already exists",
          "choose another id than \"" + id + "\", or delete that container");
    }
    return directory;
  }

  private void makeRoot(Path path) {
    if (kernel.attributes().exists(path.toString())) {
      return;
    }
    Path parent = path.getParent();
    if (parent != null) {
      makeRoot(parent);
    }
    var _ = kernel.tree().mkdirIfAbsent(Fd.CWD, path.toString(), 0711);
  }

  /// Keeps what is known of a container that is being created; from here on others see it.
  ///
  /// @param record what is known
  /// @param config the text of its configuration
  public void write(BundleRecord record, String config) {
    Path directory = root.resolve(record.id());
    write(directory.resolve(CONFIG), config);
    Path beside = directory.resolve("." + STATE);
    write(beside, record.write());
    kernel.tree().rename(Fd.CWD, beside.toString(), Fd.CWD, directory.resolve(STATE).toString());
  }

  private void write(Path file, String text) {
    try (Fd fd =
        kernel
            .files()
            .openat(
                Fd.CWD,
                file.toString(),
                0600,
                OpenFlag.O_WRONLY,
                OpenFlag.O_CREAT,
                OpenFlag.O_TRUNC,
                OpenFlag.O_NOFOLLOW)) {
      kernel.files().writeAll(fd, text.getBytes(StandardCharsets.UTF_8));
    }
  }

  /// Returns a container.
  ///
  /// @throws BundleException if there is none of this id
  public BundleContainer container(String id) {
    return find(id)
        .orElseThrow(() -> new BundleException("container \"" + id + "\" does not exist"));
  }

  /// Returns a container, or nothing if there is none of this id.
  ///
  /// @throws BundleException if the id is none
  public Optional<BundleContainer> find(String id) {
    checkId(id);
    Path directory = root.resolve(id);
    return kernel
        .files()
        .readIfPresent(Fd.CWD, directory.resolve(STATE).toString(), STATE_LENGTH_MAX)
        .map(bytes ->
            new BundleContainer(
                kernel, directory, BundleRecord.read(new String(bytes, StandardCharsets.UTF_8))));
  }

  /// Returns all containers, by their ids.
  public List<BundleContainer> all() {
    List<BundleContainer> containers = new ArrayList<>();
    Optional<Fd> opened =
        kernel
            .files()
            .openIfPresent(Fd.CWD, root.toString(), OpenFlag.O_RDONLY, OpenFlag.O_DIRECTORY);
    if (opened.isEmpty()) {
      return containers;
    }
    List<String> ids = new ArrayList<>();
    try (Fd fd = opened.get()) {
      for (DirectoryEntry entry : kernel.tree().list(fd)) {
        if (entry.type() == FileType.DIRECTORY && isId(entry.name())) {
          ids.add(entry.name());
        }
      }
    }
    ids.sort(null);
    for (String id : ids) {
      find(id).ifPresent(containers::add);
    }
    return containers;
  }

  /// Removes what is kept of a container, whole or half made.
  public void remove(String id) {
    checkId(id);
    Path directory = root.resolve(id);
    for (String file : FILES) {
      var _ = kernel.tree().unlinkIfPresent(Fd.CWD, directory.resolve(file).toString());
    }
    // A container that may mount makes the directory its own to write to.
    if (notifySocket(id).isMade()) {
      try (Fd fd = kernel.files().openat(Fd.CWD, directory.toString(), OpenFlag.O_DIRECTORY)) {
        new TreeRemover(kernel).remove(fd, NOTIFY);
      }
    }
    var _ = kernel.tree().rmdirIfPresent(Fd.CWD, directory.toString());
  }

  /// Returns where a container tells that it is ready.
  public NotifySocket notifySocket(String id) {
    return new NotifySocket(kernel, root.resolve(id).resolve(NOTIFY));
  }

  /// Returns the name of a container's session keyring.
  public static String keyring(String id) {
    return "_ses." + id;
  }

  private static void checkId(String id) {
    if (!isId(id)) {
      throw new BundleException(
          "invalid container ID format \"" + id + "\"",
          "letters, digits and _ + - . , and not . or .. themselves");
    }
  }

  private static boolean isId(String id) {
    if (id.isEmpty() || id.length() > ID_LENGTH_MAX || id.equals(".") || id.equals("..")) {
      return false;
    }
    for (int i = 0; i < id.length(); i++) {
      char c = id.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      if (!letter && "_+-.".indexOf(c) < 0) {
        return false;
      }
    }
    return true;
  }
}
