package dev.brig.image.store;

import dev.brig.error.UsageException;
import dev.brig.image.ImageException;
import dev.brig.image.Platform;
import dev.brig.image.layer.Compression;
import dev.brig.image.layer.FdStream;
import dev.brig.image.layer.LayerInput;
import dev.brig.image.layer.Limits;
import dev.brig.image.layer.TarReader;
import dev.brig.image.layer.VerifiedStream;
import dev.brig.image.store.BlobStore.OpenBlob;
import dev.brig.linux.Fd;
import dev.brig.linux.FileStatus;
import dev.brig.linux.FileType;
import dev.brig.linux.Kernel;
import dev.brig.linux.Links;
import dev.brig.linux.OpenFlag;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// An image in a file or directory somewhere, of whatever kind, and perhaps the name of one image
/// in it.
///
/// @param path the file or directory
/// @param ref the name behind the path, or empty
/// @param status what is at the path
record FileSource(String path, String ref, FileStatus status) {

  /// Takes a reference apart: what exists is a path, what follows a colon behind it a name.
  ///
  /// @return the source, or null if there is no such file
  static @Nullable FileSource find(Kernel kernel, String reference) {
    int end = reference.length();
    int from = 0;
    while (true) {
      String path = reference.substring(0, end);
      if (end == reference.length() || !path.isEmpty()) {
        Optional<FileStatus> status = kernel.attributes().statIfPresent(Fd.CWD, path, Links.FOLLOW);
        if (status.isPresent()) {
          String ref = end == reference.length() ? "" : reference.substring(end + 1);
          return new FileSource(path, ref, status.get());
        }
      }
      int colon = reference.indexOf(':', from);
      if (colon < 0) {
        return null;
      }
      end = colon;
      from = colon + 1;
    }
  }

  /// Tells whether this is a directory without an image layout in it: a root file system as it
  /// lies.
  boolean isPlainDirectory(Kernel kernel) {
    return status.isDirectory()
        && kernel.attributes().statIfPresent(Fd.CWD, path + "/oci-layout", Links.FOLLOW).isEmpty();
  }

  /// Returns the file whose state tells whether this is what it was: itself, or a layout's index.
  Optional<FileStatus> witness(Kernel kernel) {
    return status.isDirectory()
        ? kernel.attributes().statIfPresent(Fd.CWD, path + "/index.json", Links.FOLLOW)
        : Optional.of(status);
  }

  /// What is done with an image while its source is open.
  interface Use<T> {
    T with(SourceImage image);
  }

  /// Opens the source and finds the image in it.
  ///
  /// @param store takes a temporary copy of an archive that is compressed as a whole
  /// @param limits how large that may become
  /// @param use what is done with the image
  /// @return what `use` returns
  <T> T open(StoreFiles store, Limits limits, Use<T> use) {
    Kernel kernel = store.kernel();
    if (status.isDirectory()) {
      if (isPlainDirectory(kernel)) {
        throw new UsageException(
            "image \"" + path + "\"",
            "a directory with a root file system is not imported",
            "run it as it lies, or import a tar of it");
      }
      try (DirectoryTree tree = new DirectoryTree(kernel, path)) {
        return use.with(image(tree));
      }
    }
    if (status.type() != FileType.REGULAR) {
      throw new UsageException("image \"" + path + "\"", "neither a file nor a directory", "");
    }
    try (Fd fd = kernel.files().openat(Fd.CWD, path, OpenFlag.O_RDONLY, OpenFlag.O_NONBLOCK)) {
      return switch (kind(kernel, fd, limits)) {
        case ROOTFS -> use.with(rootfs(kernel, fd));
        case IMAGE -> archive(store, fd, limits, use);
      };
    }
  }

  private ArchiveKind kind(Kernel kernel, Fd fd, Limits limits) {
    // Nothing is verified here: only the beginning is looked at.
    VerifiedStream stream = VerifiedStream.unknown(new FdStream(kernel.files(), fd), path);
    if (compression(kernel, fd) == Compression.NONE) {
      FdStream plain = new FdStream(kernel.files(), fd);
      return ArchiveKind.of(new TarReader(plain, path, TarReader.End.MARKED));
    }
    try (LayerInput input = new LayerInput(stream, path, null, limits)) {
      return ArchiveKind.of(input.tar());
    }
  }

  private Compression compression(Kernel kernel, Fd fd) {
    byte[] start = new byte[8];
    int length = Math.max(new FdStream(kernel.files(), fd).read(start, 0, start.length), 0);
    if (length == 0) {
      throw new ImageException(path, "an empty file", "");
    }
    return Compression.of(start, length);
  }

  private SourceImage rootfs(Kernel kernel, Fd fd) {
    if (!ref.isEmpty()) {
      throw new UsageException(
          "image \"" + path + ":" + ref + "\"", "a plain root file system has no names in it", "");
    }
    LayerSource layer =
        new LayerSource(path, null, null, () -> new OpenBlob(fd, new FdStream(kernel.files(), fd)));
    return new SourceImage(path, null, null, List.of(layer), List.of(), Platform.host());
  }

  private <T> T archive(StoreFiles store, Fd fd, Limits limits, Use<T> use) {
    Kernel kernel = store.kernel();
    if (compression(kernel, fd) == Compression.NONE) {
      return withTar(kernel, fd, use);
    }
    // Its parts are read in another order than they lie in, which a compressed file does not allow.
    try (Temporary temporary = store.temporaryFile()) {
      decompress(kernel, fd, temporary, limits);
      return withTar(kernel, temporary.fd(), use);
    }
  }

  private <T> T withTar(Kernel kernel, Fd fd, Use<T> use) {
    try (TarTree tree = new TarTree(kernel.files(), path, Fd.borrowed(fd.number()))) {
      return use.with(image(tree));
    }
  }

  private void decompress(Kernel kernel, Fd fd, Temporary temporary, Limits limits) {
    VerifiedStream stream = VerifiedStream.unknown(new FdStream(kernel.files(), fd), path);
    try (LayerInput input = new LayerInput(stream, path, null, limits)) {
      var copy = new IngestStream(input.content(), kernel.files(), temporary);
      byte[] buffer = new byte[256 * 1024];
      while (copy.read(buffer, 0, buffer.length) >= 0) {
        // Reading is what writes.
      }
    } catch (IOException e) {
      throw new ImageException(path, "cannot be decompressed: " + e.getMessage(), "", e);
    }
  }

  private SourceImage image(SourceTree tree) {
    return tree.size("oci-layout") >= 0 && tree.size("index.json") >= 0
        ? new LayoutSource(tree, Platform.host()).find(ref)
        : new DockerArchiveSource(tree).find(ref);
  }
}
