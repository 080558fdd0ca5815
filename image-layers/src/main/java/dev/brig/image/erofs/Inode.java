package dev.brig.image.erofs;

import dev.brig.linux.Device;
import dev.brig.linux.FileType;
import dev.brig.linux.KernelText;
import dev.brig.linux.Timestamp;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A file of an image that is being written. It is in the image if a name leads to it from the
/// root; it may have several.
public final class Inode {
  private static final Metadata UNKNOWN = new Metadata(0, 0, 0, new Timestamp(0, 0), Map.of());

  final FileType type;
  final FileContent content;

  /// What a symbolic link says, otherwise empty.
  final byte[] target;

  /// What a device stands for, as the kernel packs it into 32 bits.
  final int device;

  private final Map<String, Inode> children;
  private Metadata metadata;
  private int links;

  /// Where it is in the image, or -1 until that is decided.
  long position = -1;

  /// Its number among all, from 1.
  int number;

  /// The directory that it is in; of a directory.
  @Nullable Inode parent;

  private Inode(FileType type, Metadata metadata, FileContent content, byte[] target, int device) {
    this.type = type;
    this.metadata = metadata;
    this.content = content;
    this.target = target;
    this.device = device;
    this.children = type == FileType.DIRECTORY ? new HashMap<>() : Map.of();
  }

  private static Inode of(FileType type, Metadata metadata, byte[] target, int device) {
    return new Inode(type, metadata, new FileContent.Flat(0, 0, new byte[0]), target, device);
  }

  /// Makes a directory, whose metadata come later.
  public static Inode directory() {
    return of(FileType.DIRECTORY, UNKNOWN, new byte[0], 0);
  }

  /// Makes a regular file.
  ///
  /// @param content where its contents are
  public static Inode regular(Metadata metadata, FileContent content) {
    return new Inode(FileType.REGULAR, metadata, content, new byte[0], 0);
  }

  /// Makes a symbolic link.
  ///
  /// @param target what it says, from 1 to 4095 bytes
  public static Inode symlink(Metadata metadata, String target) {
    return of(FileType.SYMLINK, metadata, KernelText.encode(target), 0);
  }

  /// Makes a device.
  ///
  /// @param type character or block
  public static Inode device(Metadata metadata, FileType type, Device number) {
    // new_encode_dev() of the kernel.
    int minor = number.minor();
    int packed = (minor & 0xff) | (number.major() << 8) | ((minor & ~0xff) << 12);
    return of(type, metadata, new byte[0], packed);
  }

  /// Makes a named pipe.
  public static Inode fifo(Metadata metadata) {
    return of(FileType.FIFO, metadata, new byte[0], 0);
  }

  /// Sets what the image says about this file.
  public void describe(Metadata now) {
    metadata = now;
  }

  Metadata metadata() {
    return metadata;
  }

  /// Gives a file a name in this directory, in place of another that has it.
  public void put(String name, Inode file) {
    remove(name);
    children.put(name, file);
    file.links++;
  }

  /// Returns the file that has a name in this directory, or null.
  public @Nullable Inode child(String name) {
    return children.get(name);
  }

  /// Takes a name from this directory; with a file's last name the file is not in the image.
  public void remove(String name) {
    Inode file = children.remove(name);
    if (file != null) {
      file.links--;
      for (String inside : file.children.keySet().toArray(new String[0])) {
        file.remove(inside);
      }
    }
  }

  Map<String, Inode> children() {
    return children;
  }

  /// Returns the number of links as a directory's are counted: its name, `.`, and each `..` in it.
  int linkCount() {
    if (type != FileType.DIRECTORY) {
      return links;
    }
    int count = 2;
    for (Inode child : children.values()) {
      count += child.type == FileType.DIRECTORY ? 1 : 0;
    }
    return count;
  }
}
