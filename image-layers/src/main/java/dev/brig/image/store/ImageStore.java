package dev.brig.image.store;

import dev.brig.error.UsageException;
import dev.brig.image.Descriptor;
import dev.brig.image.Image;
import dev.brig.image.ImageConfig;
import dev.brig.image.ImageReference;
import dev.brig.image.Platform;
import dev.brig.image.layer.Limits;
import dev.brig.image.layer.Ownership;
import dev.brig.linux.Fd;
import dev.brig.linux.Kernel;
import dev.brig.linux.Lock;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The images of one user on this machine, and the way from what the user calls an image to
/// directories that can be stacked.
///
/// Any number of brig processes may use a store at the same time. Whatever is interrupted leaves
/// the store as it was before, apart from temporary files that a later brig sweeps.
public final class ImageStore implements AutoCloseable {
  private final Path root;
  private final Kernel kernel;
  private final Consumer<String> warnings;
  private final Limits limits;
  private final LayerChoice choice;
  private @Nullable StoreFiles files;
  private @Nullable Fd lease;

  private ImageStore(
      Path root, Kernel kernel, Limits limits, LayerChoice choice, Consumer<String> warnings) {
    this.root = root;
    this.choice = choice;
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
    return open(root, kernel, limits, LayerChoice.DIRECTORY, warnings);
  }

  /// Opens a store whose layers are wanted in a certain form.
  ///
  /// @param root where the store is
  /// @param kernel the system calls
  /// @param limits how much an archive may make brig do
  /// @param choice in which form layers are unpacked and returned
  /// @param warnings receives a line for each thing that an image asks for and does not get
  public static ImageStore open(
      Path root, Kernel kernel, Limits limits, LayerChoice choice, Consumer<String> warnings) {
    return new ImageStore(root.toAbsolutePath().normalize(), kernel, limits, choice, warnings);
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
  ///       it lies and is never written to; of a tar of a root file system, plain or compressed by gzip,
  ///       zstd, xz or bzip2; of an OCI image layout, directory or tar, `path:tag` naming one of its images; of a
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

  /// Tells whether [#resolve] would only look up: the layers are unpacked, or the image needs none,
  /// or there is no such image.
  ///
  /// @param reference as [#resolve] takes it
  public boolean isUnpacked(String reference) {
    if (reference.equals(Image.HOST) || reference.isEmpty()) {
      return true;
    }
    if (isPath(reference)) {
      FileSource source = FileSource.find(kernel, reference);
      return source == null || source.isPlainDirectory(kernel) || isKnown(source);
    }
    StoreFiles store = find();
    return store == null
        || ResolvedImage.cached(
                store, ImageIntake.nameCache(reference, choice), new IndexFile(store).stamp())
            != null
        || new StoredImages(store).find(reference) == null;
  }

  /// Tells whether [#resolve] would first have to import an archive or a layout.
  ///
  /// @param reference as [#resolve] takes it
  /// @throws UsageException if it is a path, and there is no such file
  public boolean wouldImport(String reference) {
    if (!isPath(reference)) {
      return false;
    }
    FileSource source = FileSource.existing(kernel, reference);
    return !source.isPlainDirectory(kernel) && !isKnown(source);
  }

  private boolean isKnown(FileSource source) {
    StoreFiles store = find();
    return store != null && intake(store, Platform.host()).known(source) != null;
  }

  /// Finds a stored image as [#resolve] does.
  ///
  /// @param reference a stored image's name, digest or id; neither a path nor `host`
  /// @return the image, or empty if there is none
  public Optional<Image> find(String reference) {
    return Optional.ofNullable(findStored(reference));
  }

  /// Tells whether a reference is a path, as [#resolve] reads it, and no name of an image.
  public static boolean isPath(String reference) {
    return reference.startsWith("/")
        || reference.startsWith("./")
        || reference.startsWith("../")
        || reference.equals(".")
        || reference.equals("..");
  }

  private Image resolveStored(String reference) {
    Image found = findStored(reference);
    if (found == null) {
      throw noSuchImage(reference);
    }
    return found;
  }

  private @Nullable Image findStored(String reference) {
    StoreFiles store = find();
    if (store == null) {
      return null;
    }
    String cache = ImageIntake.nameCache(reference, choice);
    String stamp = new IndexFile(store).stamp();
    ResolvedImage known = ResolvedImage.cached(store, cache, stamp);
    if (known != null) {
      return known.image(reference, store.path());
    }
    Descriptor found = new StoredImages(store).find(reference);
    if (found == null) {
      return null;
    }
    try (StoreTree tree = new StoreTree(store)) {
      SourceImage source = new LayoutSource(tree, Platform.host()).read(found, List.of());
      ResolvedImage resolved = importer(store).add(source).resolved().stamped(stamp);
      store.writeCache(cache, resolved.bytes());
      return resolved.image(reference, store.path());
    }
  }

  private UsageException noSuchImage(String reference) {
    return ImageNames.noSuchImage(reference, list());
  }

  private Image resolvePath(String reference) {
    FileSource source = FileSource.existing(kernel, reference);
    if (source.isPlainDirectory(kernel)) {
      Path directory = source.absolutePath();
      return new Image(reference, directory.toString(), List.of(directory), ImageConfig.empty());
    }
    StoreFiles store = find();
    ResolvedImage known = store == null ? null : intake(store, Platform.host()).known(source);
    if (known != null) {
      return known.image(reference, root);
    }
    return intake(make(), Platform.host()).resolve(source).image(reference, root);
  }

  private ImageIntake intake(StoreFiles store, Platform platform) {
    return new ImageIntake(store, importer(store), new ImageIntake.Wish(limits, choice, platform));
  }

  /// Takes an image into the store for this machine, as the method of three parameters does.
  ///
  /// @param source a path
  /// @param name the name to store it under, or empty
  /// @return the image, ready to be stacked
  public Image importImage(String source, String name) {
    return importImage(source, name, Platform.host());
  }

  /// Takes an image into the store, or finds that it is there already.
  ///
  /// @param source a path as [#resolve] takes it, `-` for standard input; a plain directory becomes
  ///   a layer
  /// @param name `name` or `name:tag` to store it under, taken from whichever image has it; empty
  ///   for the names that the source has, or none
  /// @param platform which of several platforms' images is meant, and what a root file system is
  ///   for
  /// @return the image, ready to be stacked
  /// @throws UsageException if there is no such file, or the name is none
  /// @throws dev.brig.image.ImageException if the source's bytes are wrong; the store is as before
  public Image importImage(String source, String name, Platform platform) {
    String tagged = name.isEmpty() ? "" : ImageNames.tagged(name);
    FileSource found = FileSource.existing(kernel, source);
    return intake(make(), platform).one(found, tagged).image(source, root);
  }

  /// Takes all images of a layout or archive into the store, under the names that they have there.
  ///
  /// @param source a path of a layout, a docker-archive or a directory of skopeo's, or `-`
  /// @param platform which of several platforms' images is meant
  /// @return each image
  /// @throws UsageException if there is no such file, or it is a root file system
  /// @throws dev.brig.image.ImageException if the source's bytes are wrong; images before the one
  ///   at fault stay
  public List<LoadedImage> load(String source, Platform platform) {
    FileSource found = FileSource.existing(kernel, source);
    return intake(make(), platform).all(found);
  }

  /// Takes an image from a registry into the store. Layers that are there are not fetched, and what
  /// an earlier attempt has fetched isn't either.
  ///
  /// @param remote the image
  /// @param platform which of an index's images
  /// @param name `name:tag` to store it under, or empty for none
  /// @param listener is told how far it has come
  /// @throws dev.brig.image.ImageException if what comes is damaged or hostile; the store is as
  ///   before
  public PulledImage pull(
      RemoteImage remote, Platform platform, String name, TransferListener listener) {
    StoreFiles store = make();
    store.sweep();
    releaseLease();
    try {
      return new RemoteImport(store, importer(store), remote, listener).pull(platform, name);
    } finally {
      close();
    }
  }

  /// Opens a stored image to be read as it lies, for sending it elsewhere.
  ///
  /// @param reference as [#resolve] takes it, but no path
  /// @throws UsageException if there is no such image
  /// @throws dev.brig.image.ImageException if its documents are damaged
  public StoredContent content(String reference) {
    StoreFiles store = find();
    StoredContent content = store == null ? null : StoredContent.find(store, reference);
    if (content == null) {
      throw noSuchImage(reference);
    }
    return content;
  }

  /// Returns the images by their names: to name, describe, save and tidy up.
  public Catalogue catalogue() {
    return new Catalogue(this::find, this::releaseLease, this::importer);
  }

  /// Begins to make an image layer by layer. Until this store is closed nobody can remove an image.
  public ImageBuild build() {
    StoreFiles store = make();
    store.sweep();
    return new ImageBuild(store, importer(store));
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

  /// Removes the temporary files of imports that were killed; cheap if there are none.
  public void sweep() {
    StoreFiles store = StoreFiles.hasTemporary(kernel, root) ? find() : null;
    if (store != null) {
      store.sweep();
    }
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
      // Also what a removal that was killed had moved away already.
      store.sweep();
      ImageRemover remover = new ImageRemover(store);
      List<StoredImage> removed = remover.remove(reference, layersInUse);
      if (removed.isEmpty()) {
        throw noSuchImage(reference);
      }
      return removed;
    }
  }

  private ImageImporter importer(StoreFiles store) {
    LayerStore.Unpacked unpacked = new LayerStore.Unpacked(choice, limits);
    return new ImageImporter(store, Ownership.of(kernel), unpacked, warnings);
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
