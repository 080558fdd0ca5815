package dev.brig.image.layer;

import dev.brig.image.ImageException;
import dev.brig.image.erofs.ErofsWriter;
import dev.brig.image.erofs.FileWriter;
import dev.brig.image.erofs.Inode;
import dev.brig.image.erofs.Metadata;
import dev.brig.image.erofs.Xattrs;
import dev.brig.image.layer.TarContent.RegularFile;
import dev.brig.image.layer.TarContent.Segment;
import dev.brig.linux.Device;
import dev.brig.linux.FileType;
import dev.brig.linux.KernelText;
import dev.brig.linux.Timestamp;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/// The EROFS image that a layer is unpacked into. It shows what the directory of [LayerDirectory]
/// would: what Linux refuses to set on files is left out here as well, and told as a loss.
final class ErofsLayer implements LayerSink {
  private static final int CHUNK_BYTES = 64 * 1024;
  private static final int TARGET_BYTES_MAX = 4095;

  private final ErofsWriter writer;
  private final Losses losses;
  private final byte[] chunk = new byte[CHUNK_BYTES];
  private final Map<LayerNode, Inode> directories = new HashMap<>();

  /// Makes the sink.
  ///
  /// @param writer of an image that is still empty; finished by whoever made it
  /// @param losses takes what cannot be
  ErofsLayer(ErofsWriter writer, Losses losses) {
    this.writer = writer;
    this.losses = losses;
  }

  private Inode place(LayerNode directory) {
    Inode inode = directory.parent == null ? writer.root() : directories.get(directory);
    if (inode == null) {
      throw new IllegalStateException("the directory \"" + directory.path() + "\" was not made");
    }
    return inode;
  }

  @Override
  public void makePresent(LayerNode directory) {
    LayerNode parent = directory.parent;
    if (directory.present || parent == null) {
      return;
    }
    makePresent(parent);
    Inode inode = Inode.directory();
    place(parent).put(directory.name, inode);
    directories.put(directory, inode);
    directory.present = true;
  }

  @Override
  public void remove(LayerNode node) {
    LayerNode parent = node.parent;
    if (parent == null || !node.present) {
      return;
    }
    place(parent).remove(node.name);
    forget(node);
    node.detach();
  }

  private void forget(LayerNode node) {
    directories.remove(node);
    for (LayerNode child : node.children()) {
      forget(child);
    }
  }

  @Override
  public void makeFile(LayerNode parent, String name, TarEntry entry, TarReader tar) {
    if (!(entry.content() instanceof RegularFile file)) {
      throw new IllegalArgumentException(entry.content().toString());
    }
    long size = file.sizeBytes();
    FileWriter contents =
        file.isWhole() ? writer.file(size) : writer.sparseFile(size, file.segments().size());
    long at = 0;
    for (Segment segment : file.segments()) {
      contents.hole(segment.offset() - at);
      copy(tar, segment.lengthBytes(), contents);
      at = segment.offset() + segment.lengthBytes();
    }
    contents.hole(size - at);
    Metadata metadata = metadata(entry.attributes(), FileType.REGULAR, entry.name());
    place(parent).put(name, Inode.regular(metadata, contents.finish()));
  }

  private void copy(TarReader tar, long count, FileWriter contents) {
    long left = count;
    while (left > 0) {
      int got = tar.read(chunk, 0, (int) Math.min(left, CHUNK_BYTES));
      contents.write(chunk, 0, got);
      left -= got;
    }
  }

  @Override
  public void makeSymlink(LayerNode parent, String name, String target, Attributes wanted) {
    if (target.length() * 3 > TARGET_BYTES_MAX
        && KernelText.encode(target).length > TARGET_BYTES_MAX) {
      throw new ImageException("", "a symbolic link longer than 4095 bytes, Linux's limit", "");
    }
    Metadata metadata = metadata(wanted, FileType.SYMLINK, LayerNode.pathOf(parent, name));
    // Linux has no permissions of links and shows these.
    place(parent).put(name, Inode.symlink(withPermissions(metadata, 0777), target));
  }

  private static Metadata withPermissions(Metadata metadata, int permissions) {
    return new Metadata(
        permissions, metadata.uid(), metadata.gid(), metadata.modified(), metadata.xattrs());
  }

  @Override
  public void makeFifo(LayerNode parent, String name, Attributes wanted) {
    Metadata metadata = metadata(wanted, FileType.FIFO, LayerNode.pathOf(parent, name));
    place(parent).put(name, Inode.fifo(metadata));
  }

  @Override
  public boolean makeDevice(
      LayerNode parent, String name, TarContent.Device device, Attributes wanted) {
    FileType type =
        device.kind() == TarContent.Device.Kind.CHARACTER
            ? FileType.CHARACTER_DEVICE
            : FileType.BLOCK_DEVICE;
    String path = LayerNode.pathOf(parent, name);
    Device number = new Device(device.major(), device.minor());
    if (type == FileType.CHARACTER_DEVICE && number.number() == 0) {
      losses.add(Losses.Kind.OVERLAY, path);
      return false;
    }
    place(parent).put(name, Inode.device(metadata(wanted, type, path), type, number));
    return true;
  }

  @Override
  public void makeWhiteout(LayerNode parent, String name) {
    Metadata none = new Metadata(0, 0, 0, new Timestamp(0, 0), Map.of());
    place(parent).put(name, Inode.device(none, FileType.CHARACTER_DEVICE, new Device(0, 0)));
  }

  @Override
  public void makeLink(LayerNode target, LayerNode parent, String name) {
    LayerNode targetParent = target.parent;
    Inode inode = targetParent == null ? null : place(targetParent).child(target.name);
    if (inode == null) {
      throw new IllegalStateException("a file to link to was not made");
    }
    place(parent).put(name, inode);
  }

  @Override
  public void copyUp(LayerNode node, LayerFile file) {
    LayerNode parent = node.parent;
    if (parent == null) {
      return;
    }
    Attributes wanted = FileAttributes.withoutMarks(file.attributes());
    switch (file.type()) {
      case REGULAR -> copyData(parent, node.name, file, wanted);
      case SYMLINK -> makeSymlink(parent, node.name, node.target, wanted);
      case FIFO -> makeFifo(parent, node.name, wanted);
      case CHARACTER_DEVICE, BLOCK_DEVICE -> {
        var _ = makeDevice(parent, node.name, TarContent.Device.of(file), wanted);
      }
      case DIRECTORY, SOCKET, UNKNOWN ->
          throw new IllegalStateException("no layer has a " + file.type() + " to link to");
    }
    node.present = true;
  }

  private void copyData(LayerNode parent, String name, LayerFile file, Attributes wanted) {
    long size = file.sizeBytes();
    FileWriter contents = writer.file(size);
    try (LayerFile.Contents source = file.contents()) {
      ByteBuffer buffer = ByteBuffer.wrap(chunk);
      long at = 0;
      while (at < size) {
        buffer.clear().limit((int) Math.min(size - at, CHUNK_BYTES));
        int count = source.read(buffer, at);
        if (count == 0) {
          throw new ImageException("", "the file of a layer below is cut off", "");
        }
        contents.write(chunk, 0, count);
        at += count;
      }
    }
    Metadata metadata = metadata(wanted, FileType.REGULAR, LayerNode.pathOf(parent, name));
    place(parent).put(name, Inode.regular(metadata, contents.finish()));
  }

  @Override
  public void finish(LayerNode directory, Attributes wanted, Opaque opaque) {
    Metadata metadata = metadata(wanted, FileType.DIRECTORY, directory.path());
    if (opaque == Opaque.YES) {
      byte[] yes = {'y'};
      Map<String, byte[]> xattrs = new TreeMap<>(metadata.xattrs());
      xattrs.put(LowerLayers.OPAQUE_TRUSTED, yes);
      xattrs.put(LowerLayers.OPAQUE_USER, yes);
      metadata =
          new Metadata(
              metadata.permissions(), metadata.uid(), metadata.gid(), metadata.modified(), xattrs);
    }
    place(directory).describe(metadata);
  }

  private Metadata metadata(Attributes attributes, FileType type, String path) {
    return new Metadata(
        attributes.mode(),
        attributes.uid(),
        attributes.gid(),
        new Timestamp(attributes.mtimeSeconds(), attributes.mtimeNanos()),
        xattrs(attributes, type, path));
  }

  private Map<String, byte[]> xattrs(Attributes attributes, FileType type, String path) {
    if (attributes.xattrs().isEmpty()) {
      return Map.of();
    }
    Map<String, byte[]> kept = new TreeMap<>();
    // Room for the opaque marks of a directory.
    int room = Xattrs.ALL_BYTES_MAX - 128;
    boolean lost = false;
    for (Map.Entry<String, byte[]> each : new TreeMap<>(attributes.xattrs()).entrySet()) {
      String name = each.getKey();
      int length = each.getValue().length;
      if (FileAttributes.isOverlays(name)) {
        losses.add(Losses.Kind.OVERLAY, path);
      } else if (Xattrs.holds(name, length)
          && isAllowed(name, type)
          && Xattrs.bytes(name, length) <= room) {
        kept.put(name, each.getValue());
        room -= Xattrs.bytes(name, length);
      } else {
        lost = true;
      }
    }
    if (lost) {
      losses.add(Losses.Kind.XATTR, path);
    }
    return kept;
  }

  // xattr(7): attributes of users are for regular files and directories; symbolic links have no
  // access control lists.
  private static boolean isAllowed(String name, FileType type) {
    if (name.startsWith("user.")) {
      return type == FileType.REGULAR || type == FileType.DIRECTORY;
    }
    if (name.equals("system.posix_acl_default")) {
      return type == FileType.DIRECTORY;
    }
    return !name.startsWith("system.") || type != FileType.SYMLINK;
  }

  @Override
  public void close() {
    // The image's file is its maker's.
  }
}
