package dev.brig.image.store;

import dev.brig.error.UsageException;
import dev.brig.image.ImageException;
import dev.brig.image.Platform;
import dev.brig.image.layer.Compression;
import dev.brig.image.layer.DirectoryTar;
import dev.brig.image.layer.FdInput;
import dev.brig.image.layer.FdStream;
import dev.brig.image.layer.GzipEncoder;
import dev.brig.image.layer.LayerInput;
import dev.brig.image.layer.Limits;
import dev.brig.image.layer.Recompression;
import dev.brig.image.layer.TarReader;
import dev.brig.image.layer.VerifiedStream;
import dev.brig.image.store.BlobStore.OpenBlob;
import dev.brig.linux.Fd;
import dev.brig.linux.FileType;
import dev.brig.linux.Kernel;
import dev.brig.linux.OpenFlag;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/// Opens whatever an image may come in, and finds the images in it.
final class SourceOpener {
  private final StoreFiles store;
  private final Kernel kernel;
  private final Limits limits;
  private final Platform wanted;

  /// Makes an opener.
  ///
  /// @param store takes temporary copies of what cannot be read in any order
  /// @param limits how large these may become
  /// @param wanted which of several platforms' images is meant
  SourceOpener(StoreFiles store, Limits limits, Platform wanted) {
    this.store = store;
    this.kernel = store.kernel();
    this.limits = limits;
    this.wanted = wanted;
  }

  /// What is done with an image while its source is open.
  interface Use<T> {
    T with(SourceImage image);
  }

  /// Which of the images in a source are meant.
  private enum Which {
    /// The one that is named, or the only one.
    ONE,
    /// All of them; a root file system is none.
    ALL
  }

  /// Opens a source and finds the image in it.
  ///
  /// @param source the source
  /// @param use what is done with the image
  /// @return what `use` returns
  /// @throws UsageException if there is no image of that name, or several and none was named
  <T> T one(FileSource source, Use<T> use) {
    return open(source, Which.ONE, use).getFirst();
  }

  /// Opens a source and finds all images in it.
  ///
  /// @param source the source, a layout or an archive of images
  /// @param use what is done with each image
  /// @return what `use` returns for each
  /// @throws UsageException if it is a root file system
  <T> List<T> all(FileSource source, Use<T> use) {
    return open(source, Which.ALL, use);
  }

  private <T> List<T> open(FileSource source, Which which, Use<T> use) {
    if (source.status().isDirectory()) {
      return openDirectory(source, which, use);
    }
    if (source.status().type() == FileType.REGULAR) {
      Fd known = source.open();
      if (known != null) {
        return openFile(source, known, which, use);
      }
      OpenFlag[] flags = {OpenFlag.O_RDONLY, OpenFlag.O_NONBLOCK};
      try (Fd fd = kernel.files().openat(Fd.CWD, source.path(), flags)) {
        return openFile(source, fd, which, use);
      }
    }
    Fd known = source.open();
    try (Fd fd = known == null ? openStream(source) : Fd.borrowed(known.number());
        Temporary temporary = store.temporaryFile()) {
      spool(new FdInput(kernel.files(), fd), temporary, source.path());
      return openFile(source, temporary.fd(), which, use);
    }
  }

  private Fd openStream(FileSource source) {
    FileType type = source.status().type();
    if (type != FileType.FIFO && type != FileType.CHARACTER_DEVICE) {
      throw new UsageException(
          "image \"" + source.path() + "\"", "neither a file nor a directory", "");
    }
    return kernel.files().openat(Fd.CWD, source.path(), OpenFlag.O_RDONLY);
  }

  private <T> List<T> openDirectory(FileSource source, Which which, Use<T> use) {
    if (source.isPlainDirectory(kernel)) {
      refuseIfAll(source, which);
      return List.of(use.with(rootfs(source, () -> tarOf(source))));
    }
    try (DirectoryTree tree = new DirectoryTree(kernel, source.path())) {
      if (source.isOfSkopeo(kernel)) {
        SkopeoTree skopeo = new SkopeoTree(tree);
        return List.of(
            use.with(new LayoutSource(skopeo, wanted).read(skopeo.descriptor(), List.of())));
      }
      return useImages(tree, source.ref(), which, use);
    }
  }

  private OpenBlob tarOf(FileSource source) {
    DirectoryTar tar =
        new DirectoryTar(kernel, source.path(), DirectoryTar.Purpose.LAYER, store.status("."));
    return new OpenBlob(Fd.CWD, new GzipEncoder(tar));
  }

  private <T> List<T> openFile(FileSource source, Fd fd, Which which, Use<T> use) {
    return switch (kind(source, fd)) {
      case ROOTFS -> {
        refuseIfAll(source, which);
        yield List.of(use.with(rootfs(source, () -> rootfsBlob(source, fd))));
      }
      case IMAGE -> openArchive(source, fd, which, use);
    };
  }

  private static void refuseIfAll(FileSource source, Which which) {
    if (which == Which.ALL) {
      throw new UsageException(
          "image \"" + source.path() + "\"",
          "a root file system, and no archive of images",
          "take it into the store by: brig import " + source.path() + " NAME");
    }
  }

  private ArchiveKind kind(FileSource source, Fd fd) {
    FdStream stream = new FdStream(kernel.files(), fd);
    if (compression(source, fd) == Compression.NONE) {
      return ArchiveKind.of(new TarReader(stream, source.path(), TarReader.End.MARKED));
    }
    // Nothing is verified here: only the beginning is looked at.
    VerifiedStream unverified = VerifiedStream.unknown(stream, source.path());
    try (LayerInput input = new LayerInput(unverified, source.path(), null, limits)) {
      return ArchiveKind.of(input.tar());
    }
  }

  private Compression compression(FileSource source, Fd fd) {
    byte[] start = new byte[8];
    int length = Math.max(new FdStream(kernel.files(), fd).read(start, 0, start.length), 0);
    if (length == 0) {
      throw new ImageException(source.path(), "an empty file", "");
    }
    return Compression.of(start, length);
  }

  private SourceImage rootfs(FileSource source, Supplier<OpenBlob> opener) {
    if (!source.ref().isEmpty()) {
      throw new UsageException(
          "image \"" + source.path() + ":" + source.ref() + "\"",
          "a plain root file system has no names in it",
          "");
    }
    LayerSource layer = new LayerSource(source.path(), null, null, opener);
    return new SourceImage(source.path(), null, null, List.of(layer), List.of(), wanted);
  }

  private OpenBlob rootfsBlob(FileSource source, Fd fd) {
    try {
      FdStream stream = new FdStream(kernel.files(), fd);
      return new OpenBlob(
          Fd.borrowed(fd.number()), Recompression.of(stream, source.path(), limits));
    } catch (IOException e) {
      throw new ImageException(source.path(), "cannot be decompressed: " + e.getMessage(), "", e);
    }
  }

  private <T> List<T> openArchive(FileSource source, Fd fd, Which which, Use<T> use) {
    if (compression(source, fd) == Compression.NONE) {
      return useTar(source, fd, which, use);
    }
    // Its parts are read in another order than they lie in, which a compressed file does not allow.
    try (Temporary temporary = store.temporaryFile()) {
      VerifiedStream stream =
          VerifiedStream.unknown(new FdStream(kernel.files(), fd), source.path());
      try (LayerInput input = new LayerInput(stream, source.path(), null, limits)) {
        spool(input.content(), temporary, source.path());
      }
      return useTar(source, temporary.fd(), which, use);
    }
  }

  private void spool(InputStream content, Temporary temporary, String what) {
    try {
      var copy = new IngestStream(content, kernel.files(), temporary);
      byte[] buffer = new byte[256 * 1024];
      while (copy.read(buffer, 0, buffer.length) >= 0) {
        // Reading is what writes.
      }
    } catch (IOException e) {
      throw new ImageException(what, "cannot be decompressed: " + e.getMessage(), "", e);
    }
  }

  private <T> List<T> useTar(FileSource source, Fd fd, Which which, Use<T> use) {
    try (TarTree tree = new TarTree(kernel.files(), source.path(), Fd.borrowed(fd.number()))) {
      return useImages(tree, source.ref(), which, use);
    }
  }

  private <T> List<T> useImages(SourceTree tree, String ref, Which which, Use<T> use) {
    List<SourceImage> images;
    if (tree.size("oci-layout") >= 0 && tree.size("index.json") >= 0) {
      LayoutSource layout = new LayoutSource(tree, wanted);
      images = which == Which.ONE ? List.of(layout.find(ref)) : layout.all();
    } else {
      DockerArchiveSource archive = new DockerArchiveSource(tree, limits);
      images = which == Which.ONE ? List.of(archive.find(ref)) : archive.all();
    }
    if (images.isEmpty()) {
      throw new UsageException("image \"" + tree.name() + "\"", "no image is in it", "");
    }
    List<T> results = new ArrayList<>();
    for (SourceImage image : images) {
      results.add(use.with(image));
    }
    return results;
  }
}
