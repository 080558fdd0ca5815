package dev.brig.image.store;

import dev.brig.error.BrigException;
import dev.brig.error.UsageException;
import dev.brig.image.Descriptor;
import dev.brig.linux.Errno;
import dev.brig.linux.Fd;
import dev.brig.linux.FileStatus;
import dev.brig.linux.FileType;
import dev.brig.linux.Kernel;
import dev.brig.linux.KernelException;
import dev.brig.linux.Links;
import dev.brig.linux.OpenFlag;
import dev.brig.linux.TreeRemover;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Writes stored images elsewhere, with every document and every layer byte for byte as it is
/// stored, each verified on the way.
public final class ImageSaver {
  private final StoreFiles files;
  private final Kernel kernel;
  private final List<SavedImage> images;

  /// Makes a saver of images that are there.
  ImageSaver(StoreFiles files, List<String> references) {
    this.files = files;
    this.kernel = files.kernel();
    this.images = chosen(files, references);
  }

  /// In what form images are written.
  public enum Format {
    /// A tar that docker load and podman load read, in which the layout for OCI's tools lies as
    /// well.
    DOCKER_ARCHIVE,
    /// A tar of an OCI image layout.
    OCI_ARCHIVE,
    /// A directory that is an OCI image layout.
    OCI_DIR,
    /// A directory of one image as skopeo's `dir:` has it.
    DOCKER_DIR;

    /// Tells whether the form is a tar.
    public boolean isArchive() {
      return this == DOCKER_ARCHIVE || this == OCI_ARCHIVE;
    }
  }

  private static List<SavedImage> chosen(StoreFiles files, List<String> references) {
    StoredImages stored = new StoredImages(files);
    List<Descriptor> all = new IndexFile(files).entries();
    Map<Descriptor, List<String>> names = new LinkedHashMap<>();
    for (String reference : references) {
      Descriptor named = stored.findNamed(reference);
      Descriptor found = named == null ? stored.find(reference) : named;
      if (found == null) {
        throw new UsageException("image \"" + reference + "\"", "there is no such image", "");
      }
      List<String> its = names.computeIfAbsent(bare(found), _ -> new ArrayList<>());
      for (Descriptor other : named == null ? all : List.of(found)) {
        String name = other.annotations().getOrDefault(Descriptor.REF_NAME, "");
        if (other.digest().equals(found.digest()) && !name.isEmpty() && !its.contains(name)) {
          its.add(name);
        }
      }
    }
    List<SavedImage> images = new ArrayList<>();
    names.forEach((descriptor, its) -> images.add(SavedImage.read(files, descriptor, its)));
    return images;
  }

  // The same for all names of an image.
  private static Descriptor bare(Descriptor descriptor) {
    Map<String, String> annotations = new LinkedHashMap<>(descriptor.annotations());
    annotations.remove(Descriptor.REF_NAME);
    annotations.remove(LayoutSource.FULL_NAME);
    return new Descriptor(
        descriptor.mediaType(),
        descriptor.digest(),
        descriptor.sizeBytes(),
        annotations,
        descriptor.platform());
  }

  /// Writes a tar to an open file.
  ///
  /// @param fd where to write, closed by the caller
  public void write(Format format, Fd fd) {
    try (ArchiveSink sink = new TarArchive(kernel.files(), fd)) {
      new ImageWriter(files, format, images).write(sink);
    }
  }

  /// Writes a file or a directory, which is there when it is whole, and not before.
  ///
  /// @param path where; a directory must not be there or be empty
  /// @throws UsageException if it cannot be made there
  public void write(Format format, String path) {
    if (format == Format.DOCKER_DIR && images.size() > 1) {
      throw new UsageException(
          "--format docker-dir", "it holds one image, not " + images.size(), "");
    }
    if (format.isArchive()) {
      writeFile(format, path);
    } else {
      writeDirectory(format, path);
    }
  }

  private void writeFile(Format format, String path) {
    Optional<FileStatus> there = kernel.attributes().statIfPresent(Fd.CWD, path, Links.FOLLOW);
    if (there.isPresent() && there.get().type() != FileType.REGULAR) {
      // A pipe or a device: there is nothing to be replaced.
      try (Fd fd = kernel.files().openat(Fd.CWD, path, OpenFlag.O_WRONLY)) {
        write(format, fd);
      }
      return;
    }
    String temporary = temporaryName(path);
    OpenFlag[] flags = {OpenFlag.O_WRONLY, OpenFlag.O_CREAT, OpenFlag.O_EXCL};
    try (Fd fd = kernel.files().openat(Fd.CWD, temporary, 0644, flags)) {
      try {
        write(format, fd);
        kernel.files().fsync(fd);
        kernel.tree().rename(Fd.CWD, temporary, Fd.CWD, path);
      } catch (BrigException e) {
        var _ = kernel.tree().unlinkIfPresent(Fd.CWD, temporary);
        throw e;
      }
    }
  }

  private void writeDirectory(Format format, String path) {
    String plain = path.endsWith("/") && path.length() > 1 ? path.replaceFirst("/+$", "") : path;
    String temporary = temporaryName(plain);
    kernel.tree().mkdirat(Fd.CWD, temporary, 0755);
    try {
      OpenFlag[] flags = {OpenFlag.O_RDONLY, OpenFlag.O_DIRECTORY};
      Fd root = kernel.files().openat(Fd.CWD, temporary, flags);
      try (ArchiveSink sink = new DirectorySink(kernel, root)) {
        new ImageWriter(files, format, images).write(sink);
      }
      kernel.tree().rename(Fd.CWD, temporary, Fd.CWD, plain);
    } catch (BrigException e) {
      new TreeRemover(kernel).remove(Fd.CWD, temporary);
      if (e instanceof KernelException failed
          && (failed.errno() == Errno.ENOTEMPTY
              || failed.errno() == Errno.EEXIST
              || failed.errno() == Errno.ENOTDIR)) {
        throw new UsageException(
            "\"" + path + "\"", "it is there already", "remove it, or name another place");
      }
      throw e;
    }
  }

  private static String temporaryName(String path) {
    return path + ".brig-" + ProcessHandle.current().pid();
  }
}
