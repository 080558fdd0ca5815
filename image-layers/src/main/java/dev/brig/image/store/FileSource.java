package dev.brig.image.store;

import dev.brig.error.UsageException;
import dev.brig.image.JsonNode;
import dev.brig.linux.Fd;
import dev.brig.linux.FileStatus;
import dev.brig.linux.FileType;
import dev.brig.linux.Kernel;
import dev.brig.linux.Links;
import dev.brig.linux.OpenFlag;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A file or directory somewhere that may be an image, and perhaps the name of one image in it.
///
/// @param path the file or directory, or what to call it if it is open already
/// @param ref the name behind the path, or empty
/// @param status what is at the path
/// @param open the file, if it is open already: it is not closed
record FileSource(String path, String ref, FileStatus status, @Nullable Fd open) {
  /// How a command line says standard input.
  static final String STANDARD_INPUT = "-";

  private static final String SKOPEO_VERSION = "Directory Transport Version: ";

  /// Takes a reference apart: what exists is a path, what follows a colon behind it a name.
  ///
  /// @return the source, or null if there is no such file
  static @Nullable FileSource find(Kernel kernel, String reference) {
    if (reference.equals(STANDARD_INPUT)) {
      FileStatus status = kernel.attributes().stat(Fd.STDIN);
      return new FileSource("standard input", "", status, Fd.STDIN);
    }
    int end = reference.length();
    int from = 0;
    while (true) {
      String path = reference.substring(0, end);
      if (end == reference.length() || !path.isEmpty()) {
        Optional<FileStatus> status = kernel.attributes().statIfPresent(Fd.CWD, path, Links.FOLLOW);
        if (status.isPresent()) {
          String ref = end == reference.length() ? "" : reference.substring(end + 1);
          return new FileSource(path, ref, status.get(), null);
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

  /// Takes a reference apart as [#find] does.
  ///
  /// @throws UsageException if there is no such file
  static FileSource existing(Kernel kernel, String reference) {
    FileSource source = find(kernel, reference);
    if (source == null) {
      throw new UsageException("image \"" + reference + "\"", "there is no such file", "");
    }
    return source;
  }

  /// Returns the path from the root on.
  ///
  /// @throws UsageException if Java cannot take it apart
  Path absolutePath() {
    try {
      return Path.of(path).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      // It does so by the locale's character set.
      throw new UsageException(
          "image \"" + path + "\"",
          "a name with characters that your locale lacks",
          "set LC_ALL=C.UTF-8");
    }
  }

  /// Tells whether this is a directory without an image in it: a root file system as it lies.
  boolean isPlainDirectory(Kernel kernel) {
    return status.isDirectory()
        && kernel.attributes().statIfPresent(Fd.CWD, path + "/oci-layout", Links.FOLLOW).isEmpty()
        && !isOfSkopeo(kernel);
  }

  /// Tells whether this is a directory as skopeo's `dir:` and podman's `docker-dir` have it: a
  /// manifest and its blobs beside each other.
  boolean isOfSkopeo(Kernel kernel) {
    // With O_NONBLOCK, as a root file system may have anything of this name.
    OpenFlag[] flags = {OpenFlag.O_RDONLY, OpenFlag.O_NONBLOCK};
    Optional<Fd> found =
        status.isDirectory()
            ? kernel.files().openIfPresent(Fd.CWD, path + "/version", flags)
            : Optional.empty();
    if (found.isEmpty()) {
      return false;
    }
    try (Fd fd = found.get()) {
      FileStatus version = kernel.attributes().stat(fd);
      return version.type() == FileType.REGULAR
          && version.sizeBytes() < JsonNode.SIZE_MAX_BYTES
          && new String(kernel.files().readAll(fd, JsonNode.SIZE_MAX_BYTES), StandardCharsets.UTF_8)
              .startsWith(SKOPEO_VERSION);
    }
  }

  /// Returns the file whose state tells whether this is what it was: itself, or the document that
  /// names all others; none for a stream or a root file system as it lies.
  Optional<FileStatus> witness(Kernel kernel) {
    if (status.type() == FileType.REGULAR) {
      return Optional.of(status);
    }
    if (!status.isDirectory() || isPlainDirectory(kernel)) {
      return Optional.empty();
    }
    String document = isOfSkopeo(kernel) ? "/manifest.json" : "/index.json";
    return kernel.attributes().statIfPresent(Fd.CWD, path + document, Links.FOLLOW);
  }
}
