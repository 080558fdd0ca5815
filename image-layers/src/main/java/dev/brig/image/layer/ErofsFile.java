package dev.brig.image.layer;

import dev.brig.image.erofs.ErofsImage;
import dev.brig.image.erofs.ErofsNode;
import dev.brig.linux.Device;
import dev.brig.linux.FileType;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A file of a layer that is kept as an EROFS image, which need not be mounted.
final class ErofsFile implements LayerFile {
  private final ErofsImage image;
  private final ErofsNode node;

  // The root owns the image.
  private final @Nullable ErofsImage owned;

  private ErofsFile(ErofsImage image, ErofsNode node, @Nullable ErofsImage owned) {
    this.image = image;
    this.node = node;
    this.owned = owned;
  }

  /// Returns an image's root.
  ///
  /// @param image closed with the root
  static ErofsFile root(ErofsImage image) {
    return new ErofsFile(image, image.root(), image);
  }

  @Override
  public FileType type() {
    return node.type();
  }

  @Override
  public Attributes attributes() {
    return LayerFile.attributes(
        node.permissions(), node.uid(), node.gid(), node.modified(), image.xattrs(node));
  }

  @Override
  public Optional<byte[]> xattr(String name) {
    return Optional.ofNullable(image.xattrs(node).get(name));
  }

  @Override
  public long sizeBytes() {
    return node.sizeBytes();
  }

  @Override
  public Device special() {
    return node.device();
  }

  @Override
  public String target() {
    return image.target(node);
  }

  @Override
  public Optional<LayerFile> child(String name) {
    Optional<ErofsNode> found = image.child(node, name);
    return found.isEmpty()
        ? Optional.empty()
        : Optional.of(new ErofsFile(image, found.get(), null));
  }

  @Override
  public List<String> names() {
    return isDirectory() ? image.names(node) : List.of();
  }

  @Override
  public int linkCount() {
    return node.linkCount();
  }

  @Override
  public long inode() {
    return node.number();
  }

  @Override
  public Contents contents() {
    return new Contents() {
      @Override
      public int read(ByteBuffer buffer, long position) {
        return image.read(node, buffer, position);
      }

      @Override
      public void close() {
        // The image's file stays open for others.
      }
    };
  }

  @Override
  public void close() {
    if (owned != null) {
      owned.close();
    }
  }
}
