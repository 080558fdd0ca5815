package dev.brig.image.store;

import dev.brig.error.Spelling;
import dev.brig.error.UsageException;
import dev.brig.image.Descriptor;
import dev.brig.image.Digest;
import dev.brig.image.Image;
import dev.brig.image.ImageConfig;
import dev.brig.image.ImageReference;
import dev.brig.image.Platform;
import dev.brig.image.layer.Limits;
import dev.brig.image.layer.Ownership;
import dev.brig.linux.Fd;
import dev.brig.linux.FileStatus;
import dev.brig.linux.Kernel;
import dev.brig.linux.Lock;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The images of one user on this machine, and the way from what the user calls an image to
/// directories that can be stacked.
///
/// Any number of brig processes may use a store at the same time. Whatever is interrupted leaves
/// the store as it was before, apart from temporary files that a later import or removal sweeps.
public final class ImageStore implements AutoCloseable {
  private final Path root;
  private final Kernel kernel;
  private final Consumer<String> warnings;
  private final Limits limits;
  private @Nullable StoreFiles files;
  private @Nullable Fd lease;

  private ImageStore(Path root, Kernel kernel, Limits limits, Consumer<String> warnings) {
    this.root = root;
    this.kernel = kernel;
    this.limits = limits;
    this.warnings = warnings;
  }

  /// Opens a store. Nothing is read or made before it is needed.
  ///
  /// @param root where the store is, `/var/lib/brig/images`; made with mode 0700 by the first
  ///   import
  /// @param kernel the system calls
  /// @param warnings receives a line for each thing that an image asks for and does not get, such
  ///   as the owners of its files in an ordinary user's store
  public static ImageStore open(Path root, Kernel kernel, Consumer<String> warnings) {
    return open(root, kernel, Limits.DEFAULT, warnings);
  }

  /// Opens a store with other limits for what is imported.
  ///
  /// @param root where the store is
  /// @param kernel the system calls
  /// @param limits how much an archive may make brig do
  /// @param warnings receives a line for each thing that an image asks for and does not get
  public static ImageStore open(
      Path root, Kernel kernel, Limits limits, Consumer<String> warnings) {
    return new ImageStore(root.toAbsolutePath().normalize(), kernel, limits, warnings);
  }

  /// Finds an image, and imports it first if it is an archive or a layout that the store does not have.
  ///
  /// Until the store is closed, or this process becomes another program, nobody can remove the image: put
  /// the container on record before.
  ///
  /// @param reference one of
  ///
  ///     - `host`: this machine's own root;
  ///     - a stored image: `name`, `name:tag`, `name@sha256:…`, `sha256:…`, an id or a unique prefix of one;
  ///     - a path, absolute or beginning with `./` or `../`: of a directory, which becomes the lower layer as
  ///       it lies and is never written to; of a tar of a root file system, plain or compressed by gzip or
  ///       zstd; of an OCI image layout, directory or tar, `path:tag` naming one of its images; of a
  ///       docker-archive
  /// @throws UsageException if there is no such image
  /// @throws dev.brig.image.ImageException if its bytes are wrong
  public Image resolve(String reference) {
    if (reference.equals(Image.HOST)) {
      return Image.host();
    }
    if (reference.isEmpty()) {
      throw noSuchImage(reference);
    }
    return isPath(reference) ? resolvePath(reference) : resolveStored(reference);
  }

  private static boolean isPath(String reference) {
    return reference.startsWith("/")
        || reference.startsWith("./")
        || reference.startsWith("../")
        || reference.equals(".")
        || reference.equals("..");
  }

  private Image resolveStored(String reference) {
    StoreFiles store = find();
    if (store == null) {
      throw noSuchImage(reference);
    }
    String cache = cacheName(reference);
    String stamp = new IndexFile(store).stamp();
    ResolvedImage known = cached(store, cache, stamp);
    if (known != null) {
      return known.image(reference, store.path());
    }
    Descriptor found = new StoredImages(store).find(reference);
    if (found == null) {
      throw noSuchImage(reference);
    }
    try (StoreTree tree = new StoreTree(store)) {
      SourceImage source = new LayoutSource(tree, Platform.host()).read(found, List.of());
      return remember(store, cache, stamp, importer(store).add(source), reference);
    }
  }

  private static Image remember(
      StoreFiles store,
      String cache,
      String stamp,
      ImageImporter.Imported imported,
      String reference) {
    ResolvedImage bare = imported.resolved();
    ResolvedImage stamped = new ResolvedImage(stamp, bare.id(), bare.layerKeys(), bare.config());
    store.writeCache(cache, stamped.bytes());
    return stamped.image(reference, store.path());
  }

  private static @Nullable ResolvedImage cached(StoreFiles store, String cache, String stamp) {
    byte[] bytes = store.read(cache, ResolvedImage.SIZE_MAX_BYTES);
    return bytes == null ? null : ResolvedImage.parse(bytes, stamp);
  }

  // Names have slashes and may be longer than a file's name.
  private static String cacheName(String reference) {
    String flat = reference.replace('/', '%');
    return "names/" + (flat.length() <= 200 ? flat : "long-" + hash(flat));
  }

  private static String hash(String text) {
    return Digest.of(text.getBytes(StandardCharsets.UTF_8)).hex();
  }

  private UsageException noSuchImage(String reference) {
    List<String> names = new ArrayList<>(List.of("host"));
    for (StoredImage image : list()) {
      names.add(image.name());
    }
    List<String> near = Spelling.near(reference, names);
    String meant = near.isEmpty() ? "" : "did you mean " + String.join(" or ", near) + "? ";
    return new UsageException(
        "image \"" + reference + "\"",
        "there is no such image",
        meant + "\"brig images\" lists those that are there; a path begins with \"/\" or \"./\"");
  }

  private Image resolvePath(String reference) {
    FileSource source = FileSource.find(kernel, reference);
    if (source == null) {
      throw new UsageException("image \"" + reference + "\"", "there is no such file", "");
    }
    if (source.isPlainDirectory(kernel)) {
      Path directory = absolute(source.path());
      return new Image(reference, directory.toString(), List.of(directory), ImageConfig.empty());
    }
    Optional<FileStatus> witness = source.witness(kernel);
    StoreFiles store = find();
    if (store != null && witness.isPresent()) {
      String stamp = IndexFile.stamp(witness.get());
      ResolvedImage known = cached(store, sourceName(source, stamp), stamp);
      if (known != null) {
        return known.image(reference, store.path());
      }
    }
    return importSource(source, "", reference);
  }

  // Java takes paths apart by the locale's character set.
  private static Path absolute(String path) {
    try {
      return Path.of(path).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      throw new UsageException(
          "image \"" + path + "\"",
          "a name with characters that your locale lacks",
          "set LC_ALL=C.UTF-8");
    }
  }

  private static String sourceName(FileSource source, String stamp) {
    return "sources/" + hash(stamp + " " + source.ref());
  }

  /// Takes an image into the store, or finds that it is there already.
  ///
  /// @param source a path as [#resolve] takes it, but not of a plain directory
  /// @param name `name` or `name:tag` to store it under, taken from whichever image has it; empty
  ///   for the names that the source has, or none
  /// @return the image, ready to be stacked
  /// @throws UsageException if there is no such file, or the name is none
  /// @throws dev.brig.image.ImageException if the source's bytes are wrong; the store is as before
  public Image importImage(String source, String name) {
    String tagged = name.isEmpty() ? "" : ImageReference.parse(name).tagged();
    if (tagged.equals(Image.HOST + ":latest")) {
      throw new UsageException("image \"" + name + "\"", "the name of the host's own root", "");
    }
    FileSource found = FileSource.find(kernel, source);
    if (found == null) {
      throw new UsageException("image \"" + source + "\"", "there is no such file", "");
    }
    return importSource(found, tagged, source);
  }

  private Image importSource(FileSource source, String name, String reference) {
    StoreFiles store = make();
    store.sweep();
    Optional<FileStatus> witness = source.witness(kernel);
    return source.open(
        store,
        limits,
        image -> {
          ImageImporter.Imported imported = importer(store).add(image);
          IndexFile index = new IndexFile(store);
          List<String> names = name.isEmpty() ? tagged(image.names()) : List.of(name);
          for (String each : names.isEmpty() ? List.of("") : names) {
            index.add(imported.manifest(), each);
          }
          String stamp = witness.map(IndexFile::stamp).orElse("");
          return remember(store, sourceName(source, stamp), stamp, imported, reference);
        });
  }

  // A name that brig could not look up again is as good as none.
  private static List<String> tagged(List<String> names) {
    List<String> tagged = new ArrayList<>();
    for (String name : names) {
      try {
        tagged.add(ImageReference.parse(name).tagged());
      } catch (UsageException _) {
        // The image is stored all the same and has its id: ignored.
      }
    }
    return tagged;
  }

  /// Begins to make an image layer by layer. Until this store is closed nobody can remove an image.
  public ImageBuild build() {
    StoreFiles store = make();
    store.sweep();
    return new ImageBuild(this, store, importer(store));
  }

  /// Makes an image of another one and a layer.
  ///
  /// @return the image's id
  /// @throws UsageException if the image below is not there, or the name is none
  public String commit(ImageCommit commit) {
    String tagged = commit.name().isEmpty() ? "" : ImageReference.parse(commit.name()).tagged();
    StoreFiles store = make();
    store.sweep();
    return new ImageCommitter(store)
        .commit(
            new ImageCommit(
                commit.base(),
                commit.stacking(),
                commit.contents(),
                commit.edits(),
                commit.history(),
                tagged,
                commit.compression()));
  }

  /// Returns all images, by name. An image with several names is listed once for each.
  public List<StoredImage> list() {
    StoreFiles store = find();
    return store == null ? List.of() : new StoredImages(store).list();
  }

  /// Removes a name, and with an image's last name the image: its blobs and the layers that no
  /// other image has.
  ///
  /// @param reference a stored image as [#resolve] takes it; an id or a digest removes all of its
  ///   names
  /// @param layersInUse the layers of all containers, whether they run or not
  /// @return what was removed
  /// @throws UsageException if there is no such image, or a container uses one of its layers
  public List<StoredImage> remove(String reference, Set<Path> layersInUse) {
    StoreFiles store = find();
    if (store == null) {
      throw noSuchImage(reference);
    }
    releaseLease();
    try (Fd _ = store.lock("store", Lock.EXCLUSIVE)) {
      ImageRemover remover = new ImageRemover(store);
      List<StoredImage> removed = remover.remove(reference, layersInUse);
      if (removed.isEmpty()) {
        throw noSuchImage(reference);
      }
      return removed;
    }
  }

  private ImageImporter importer(StoreFiles store) {
    boolean root = kernel.processes().euid() == 0;
    return new ImageImporter(store, root ? Ownership.KEPT : Ownership.CALLER, limits, warnings);
  }

  private @Nullable StoreFiles find() {
    if (files == null) {
      files = StoreFiles.find(kernel, root);
      if (files != null) {
        lease = files.lock("store", Lock.SHARED);
      }
    }
    return files;
  }

  private StoreFiles make() {
    close();
    StoreFiles made = StoreFiles.make(kernel, root);
    files = made;
    lease = made.lock("store", Lock.SHARED);
    return made;
  }

  private void releaseLease() {
    if (lease != null) {
      lease.close();
      lease = null;
    }
  }

  /// Gives up what [#resolve] holds.
  @Override
  public void close() {
    releaseLease();
    if (files != null) {
      files.close();
      files = null;
    }
  }
}
