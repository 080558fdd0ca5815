package dev.brig.image.erofs;

import dev.brig.linux.Device;
import dev.brig.linux.FileType;
import dev.brig.linux.Timestamp;

/// A file of an image that is being read.
///
/// @param number the node's number, unique in the image
/// @param type what it is
/// @param permissions 0 to 07777
/// @param uid the owner, from 0 to 2^32-1
/// @param gid the group, from 0 to 2^32-1
/// @param modified the time of the last change
/// @param linkCount the number of hard links
/// @param sizeBytes the size; for a symbolic link the length of its target
/// @param device what a device file stands for
/// @param place where in the image everything about it is
public record ErofsNode(
    long number,
    FileType type,
    int permissions,
    long uid,
    long gid,
    Timestamp modified,
    int linkCount,
    long sizeBytes,
    Device device,
    Place place) {

  /// Where in an image a node and its contents are.
  ///
  /// @param layout how the contents lie
  /// @param unit the first block, or how large chunks are
  /// @param xattrs where the attributes begin
  /// @param xattrBytes how long they are
  record Place(int layout, int unit, long xattrs, int xattrBytes) {
    long behind() {
      return xattrs + xattrBytes;
    }
  }
}
