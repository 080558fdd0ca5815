package dev.brig.image.layer;

import dev.brig.linux.Fd;
import dev.brig.linux.FileStatus;
import dev.brig.linux.FileType;
import dev.brig.linux.Kernel;
import dev.brig.linux.Links;
import dev.brig.linux.OpenFlag;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Unpacks layers above each other, each into its own directory, and looks at what came out.
final class Unpacker {
  static final Kernel KERNEL = Kernel.ofThisMachine();
  static final boolean ROOT = KERNEL.processes().euid() == 0;

  private final Path folder;
  private final Limits limits;
  private final List<Path> topmostFirst = new ArrayList<>();

  Unpacker(Path folder) {
    this(folder, Limits.DEFAULT);
  }

  Unpacker(Path folder, Limits limits) {
    this.folder = folder;
    this.limits = limits;
  }

  /// Unpacks a layer above those before it.
  LayerSummary add(TarBuilder tar) {
    return add(tar.bytes());
  }

  LayerSummary add(byte[] tar) {
    Path directory = folder.resolve("layer" + topmostFirst.size());
    try {
      Files.createDirectory(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Ownership ownership = ROOT ? Ownership.KEPT : Ownership.CALLER;
    try (LowerLayers lower = new LowerLayers(KERNEL, topmostFirst);
        Fd root =
            KERNEL
                .files()
                .openat(Fd.CWD, directory.toString(), OpenFlag.O_RDONLY, OpenFlag.O_DIRECTORY)) {
      LayerExtractor extractor = new LayerExtractor(KERNEL, lower, ownership, limits);
      TarReader reader =
          new TarReader(new ByteArrayInputStream(tar), "layer.tar", TarReader.End.MARKED);
      LayerSummary summary = extractor.extract(reader, root, "layer.tar");
      topmostFirst.addFirst(directory);
      return summary;
    }
  }

  /// Returns the directory of the layer that was added last.
  Path top() {
    return topmostFirst.getFirst();
  }

  Path path(String name) {
    return top().resolve(name);
  }

  /// Returns a file of the last layer, a link itself and not its target.
  FileStatus status(String name) {
    return find(name).orElseThrow();
  }

  Optional<FileStatus> find(String name) {
    return KERNEL.attributes().statIfPresent(Fd.CWD, top() + "/" + name, Links.NOFOLLOW);
  }

  boolean has(String name) {
    return find(name).isPresent();
  }

  boolean isWhiteout(String name) {
    return find(name)
        .filter(status -> status.type() == FileType.CHARACTER_DEVICE)
        .filter(status -> status.special().number() == 0)
        .isPresent();
  }

  boolean isOpaque(String name) {
    return xattr(name, "user.overlay.opaque").isPresent()
        && (!ROOT || xattr(name, "trusted.overlay.opaque").isPresent());
  }

  Optional<byte[]> xattr(String name, String attribute) {
    String path = top() + "/" + name;
    try (Fd fd = KERNEL.files().openat(Fd.CWD, path, OpenFlag.O_PATH, OpenFlag.O_NOFOLLOW)) {
      return KERNEL.xattrs().get(fd, attribute);
    }
  }
}
