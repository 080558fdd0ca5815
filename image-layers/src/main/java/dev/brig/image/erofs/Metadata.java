package dev.brig.image.erofs;

import dev.brig.linux.Timestamp;
import java.util.Map;

/// What an image says about a file besides its type and contents.
///
/// @param permissions 0 to 07777
/// @param uid the owner, from 0 to 2^32-1
/// @param gid the group, from 0 to 2^32-1
/// @param modified the time of the last change, before 1970 and after 2038 as well
/// @param xattrs extended attributes with their raw values; [Xattrs#holds] is true of each
public record Metadata(
    int permissions, long uid, long gid, Timestamp modified, Map<String, byte[]> xattrs) {

  /// Copies the attributes' names; the values are shared and must not be changed.
  public Metadata {
    xattrs = Map.copyOf(xattrs);
  }
}
