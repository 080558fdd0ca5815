package dev.brig.image.layer;

import dev.brig.linux.Device;
import dev.brig.linux.FileType;
import dev.brig.linux.Timestamp;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A file of an unpacked layer, in whichever form the layer is kept: what the layer itself has, a
/// symbolic link and not its target, overlayfs's marks included.
///
/// A layer is its root directory, opened by [LayerForm#open]. Closing a file leaves those alone
/// that were found in it, except that what is below a closed root of an image cannot be read.
public interface LayerFile extends AutoCloseable {

  /// Returns what kind of file it is.
  FileType type();

  /// Returns owner, permissions, time, and all extended attributes that the caller may see.
  Attributes attributes();

  /// Returns the value of an extended attribute.
  Optional<byte[]> xattr(String name);

  /// Returns the size; of a symbolic link the length of its target.
  long sizeBytes();

  /// Returns what a device stands for.
  Device special();

  /// Returns what a symbolic link says.
  String target();

  /// Returns what a directory has under a name.
  ///
  /// @return the file, which the caller closes; empty if there is none
  Optional<LayerFile> child(String name);

  /// Returns the names in a directory, in no order, `.` and `..` left out.
  List<String> names();

  /// Returns the number of names that the file has in its layer; a directory's is not to be relied
  /// on.
  int linkCount();

  /// Returns the file's number, which is no other's in its layer.
  long inode();

  /// Opens the contents of a regular file.
  Contents contents();

  @Override
  void close();

  /// Tells whether this is a directory.
  default boolean isDirectory() {
    return type() == FileType.DIRECTORY;
  }

  /// Tells whether this hides its name of the layers below, and is nothing else: a character device
  /// 0:0.
  default boolean isWhiteout() {
    return type() == FileType.CHARACTER_DEVICE && special().number() == 0;
  }

  /// Tells whether this directory hides what the layers below have in it.
  default boolean isOpaque() {
    return xattr(LowerLayers.OPAQUE_TRUSTED).isPresent()
        || xattr(LowerLayers.OPAQUE_USER).isPresent();
  }

  /// Contents that can be read.
  interface Contents extends AutoCloseable {

    /// Reads into the buffer's remaining room, and moves its position.
    ///
    /// @return the number of bytes, zero at the end or if the buffer is full
    int read(ByteBuffer buffer, long position);

    @Override
    void close();
  }

  /// Makes attributes.
  static Attributes attributes(
      int permissions, long uid, long gid, Timestamp modified, Map<String, byte[]> xattrs) {
    return new Attributes(permissions, uid, gid, modified.seconds(), modified.nanos(), xattrs);
  }
}
