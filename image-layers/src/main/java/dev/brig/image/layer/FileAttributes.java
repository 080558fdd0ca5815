package dev.brig.image.layer;

import dev.brig.linux.Errno;
import dev.brig.linux.Fd;
import dev.brig.linux.Kernel;
import dev.brig.linux.KernelException;
import dev.brig.linux.Timestamp;
import java.util.LinkedHashMap;
import java.util.Map;

/// Gives files their owner, permissions, extended attributes and time, in the order in which none
/// undoes another: a change of owner clears set-user-ID bits and capabilities, every change alters
/// times.
final class FileAttributes {
  private final Kernel kernel;
  private final Ownership ownership;
  private final Losses losses;

  FileAttributes(Kernel kernel, Ownership ownership, Losses losses) {
    this.kernel = kernel;
    this.ownership = ownership;
    this.losses = losses;
  }

  /// Sets everything that the archive says of a file.
  ///
  /// @param fd the file, of any kind but a symbolic link
  /// @param attributes what to set
  /// @param path the file's path, for the account of losses
  void apply(Fd fd, Attributes attributes, String path) {
    chown(fd, attributes, path);
    kernel.attributes().chmod(fd, attributes.mode());
    applyXattrs(fd, attributes, path);
    kernel.attributes().setTimes(fd, mtime(attributes), mtime(attributes));
  }

  /// Sets everything that the archive says of a symbolic link, which has no permissions.
  ///
  /// @param fd the link, opened with `O_PATH|O_NOFOLLOW`
  void applyToLink(Fd fd, Attributes attributes, String path) {
    chown(fd, attributes, path);
    applyXattrs(fd, attributes, path);
    kernel.attributes().setTimes(fd, mtime(attributes), mtime(attributes));
  }

  private void chown(Fd fd, Attributes attributes, String path) {
    switch (ownership) {
      case KEPT ->
          // Ids above 2^31 are negative in Java and right in the kernel.
          kernel.attributes().chown(fd, (int) attributes.uid(), (int) attributes.gid());
      case MAPPED -> {
        if (!tryChown(fd, attributes)) {
          losses.add(Losses.Kind.UNMAPPED, path);
        }
      }
      case CALLER -> {
        if (attributes.uid() != 0 || attributes.gid() != 0) {
          losses.add(Losses.Kind.OWNER, path);
        }
      }
    }
  }

  private boolean tryChown(Fd fd, Attributes attributes) {
    try {
      kernel.attributes().chown(fd, (int) attributes.uid(), (int) attributes.gid());
      return true;
    } catch (KernelException e) {
      if (e.errno() == Errno.EINVAL) {
        return false;
      }
      throw e;
    }
  }

  private void applyXattrs(Fd fd, Attributes attributes, String path) {
    if (attributes.xattrs().isEmpty()) {
      return;
    }
    boolean lost = false;
    for (Map.Entry<String, byte[]> xattr : attributes.xattrs().entrySet()) {
      if (isOverlays(xattr.getKey())) {
        losses.add(Losses.Kind.OVERLAY, path);
      } else {
        lost |= !trySet(fd, xattr.getKey(), xattr.getValue());
      }
    }
    if (lost) {
      losses.add(Losses.Kind.XATTR, path);
    }
  }

  static boolean isOverlays(String xattr) {
    return xattr.startsWith("trusted.overlay.") || xattr.startsWith("user.overlay.");
  }

  private boolean trySet(Fd fd, String name, byte[] value) {
    try {
      kernel.xattrs().set(fd, name, value);
      return true;
    } catch (KernelException e) {
      // A name that this file system, this kind of file or this user cannot have; told as a loss.
      if (e.errno() == Errno.EOPNOTSUPP || e.errno() == Errno.EPERM) {
        return false;
      }
      throw e;
    }
  }

  Ownership ownership() {
    return ownership;
  }

  /// Returns the attributes of a file of a layer below.
  Attributes read(LayerFile file) {
    Attributes all = withoutMarks(file.attributes());
    // In a store where all files are the caller's, the layers below have told that loss already.
    return ownership != Ownership.CALLER
        ? all
        : new Attributes(all.mode(), 0, 0, all.mtimeSeconds(), all.mtimeNanos(), all.xattrs());
  }

  /// Returns attributes without those that are overlayfs's.
  static Attributes withoutMarks(Attributes attributes) {
    Map<String, byte[]> xattrs = new LinkedHashMap<>(attributes.xattrs());
    xattrs.keySet().removeIf(FileAttributes::isOverlays);
    return new Attributes(
        attributes.mode(),
        attributes.uid(),
        attributes.gid(),
        attributes.mtimeSeconds(),
        attributes.mtimeNanos(),
        xattrs);
  }

  private static Timestamp mtime(Attributes attributes) {
    return new Timestamp(attributes.mtimeSeconds(), attributes.mtimeNanos());
  }
}
