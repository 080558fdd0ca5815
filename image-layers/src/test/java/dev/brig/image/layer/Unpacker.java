package dev.brig.image.layer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brig.image.erofs.ErofsWriter;
import dev.brig.image.erofs.ImageDigest;
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

/// Unpacks layers above each other, each into its own directory or image, and looks at what came
/// out.
///
/// An image is looked at as the kernel shows it. What it shows is compared with what is unpacked
/// into a directory, and with what brig reads without mounting it: all three have to be the same.
final class Unpacker implements AutoCloseable {
  static final Kernel KERNEL = Kernel.ofThisMachine();
  static final boolean ROOT = KERNEL.processes().euid() == 0;

  private final Path folder;
  private final Limits limits;
  private final LayerForm form;
  private final List<Path> directories = new ArrayList<>();
  private final List<Path> images = new ArrayList<>();
  private final List<MountedImage> mounts = new ArrayList<>();

  Unpacker(Path folder, LayerForm form) {
    this(folder, Limits.DEFAULT, form);
  }

  Unpacker(Path folder, Limits limits, LayerForm form) {
    this.folder = folder;
    this.limits = limits;
    this.form = form;
    if (form == LayerForm.EROFS) {
      MountedImage.assume(KERNEL);
    }
  }

  /// Unpacks a layer above those before it.
  LayerSummary add(TarBuilder tar) {
    return add(tar.bytes());
  }

  LayerSummary add(byte[] tar) {
    if (form == LayerForm.DIRECTORY) {
      return addDirectory(tar);
    }
    LayerSummary summary = addAlone(tar);
    LayerSummary other = addDirectory(tar);
    assertThat(summary.losses().lines()).isEqualTo(other.losses().lines());
    assertThat(summary.dependsOnLower()).isEqualTo(other.dependsOnLower());
    try (LayerFile mounted = mounts.getFirst().file();
        LayerFile directory = LayerForm.open(KERNEL, directories.getFirst())) {
      List<String> unpacked = TreeText.of(directory);
      assertThat(TreeText.of(mounted)).as("against a directory").isEqualTo(unpacked);
    }
    return summary;
  }

  /// Unpacks a layer into an image only: what no directory on this file system can hold.
  LayerSummary addAlone(byte[] tar) {
    LayerSummary summary = addImage(tar);
    try (LayerFile mounted = mounts.getFirst().file();
        LayerFile image = LayerForm.open(KERNEL, images.getFirst())) {
      List<String> shown = TreeText.of(mounted);
      assertThat(TreeText.of(image)).as("read without mounting").isEqualTo(shown);
    }
    return summary;
  }

  /// Returns the image that was made last.
  Path image() {
    return images.getFirst();
  }

  private LayerSummary addDirectory(byte[] tar) {
    Path directory = folder.resolve("layer" + directories.size());
    try {
      Files.createDirectory(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try (LowerLayers lower = new LowerLayers(KERNEL, () -> List.copyOf(directories));
        Fd root =
            KERNEL
                .files()
                .openat(Fd.CWD, directory.toString(), OpenFlag.O_RDONLY, OpenFlag.O_DIRECTORY)) {
      LayerSummary summary = extractor(lower).extract(reader(tar), root, "layer.tar");
      directories.addFirst(directory);
      return summary;
    }
  }

  private LayerExtractor extractor(LowerLayers lower) {
    return new LayerExtractor(KERNEL, lower, ROOT ? Ownership.KEPT : Ownership.CALLER, limits);
  }

  private static TarReader reader(byte[] tar) {
    return new TarReader(new ByteArrayInputStream(tar), "layer.tar", TarReader.End.MARKED);
  }

  /// Unpacks a layer into an image, and compares nothing.
  void addImageOnly(byte[] tar) {
    var _ = addImage(tar);
  }

  private LayerSummary addImage(byte[] tar) {
    Path image = folder.resolve("layer" + images.size() + ".erofs");
    OpenFlag[] flags = {OpenFlag.O_RDWR, OpenFlag.O_CREAT, OpenFlag.O_EXCL};
    try (LowerLayers lower = new LowerLayers(KERNEL, () -> List.copyOf(images));
        Fd fd = KERNEL.files().openat(Fd.CWD, image.toString(), 0600, flags)) {
      ErofsWriter writer = new ErofsWriter(KERNEL.files(), fd, limits.bytesMax());
      LayerSummary summary = extractor(lower).extract(reader(tar), writer, "layer.tar");
      ErofsWriter.Written written = writer.finish();
      assertThat(ImageDigest.of(KERNEL.files(), fd)).isEqualTo(written.digest());
      assertThat(KERNEL.attributes().stat(fd).sizeBytes()).isEqualTo(written.sizeBytes());
      mounts.addFirst(new MountedImage(KERNEL, image));
      images.addFirst(image);
      return summary;
    }
  }

  /// Returns the root of the layer that was added last.
  Path top() {
    return form == LayerForm.EROFS ? mounts.getFirst().path() : directories.getFirst();
  }

  /// Returns how much space the layer that was added last takes.
  long blocks512() {
    Path file = form == LayerForm.EROFS ? images.getFirst() : directories.getFirst();
    return KERNEL.attributes().stat(Fd.CWD, file.toString(), Links.NOFOLLOW).blocks512();
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

  @Override
  public void close() {
    mounts.forEach(MountedImage::close);
  }
}
