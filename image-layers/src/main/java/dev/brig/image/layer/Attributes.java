package dev.brig.image.layer;

import java.util.Map;

/// What an archive says about a file besides its name and contents.
///
/// @param mode permission bits with set-user-ID, set-group-ID and sticky, at most 07777
/// @param uid the owner, from 0 to 2^32-2
/// @param gid the group, from 0 to 2^32-2
/// @param mtimeSeconds seconds since 1970, may be negative
/// @param mtimeNanos nanoseconds within that second, from 0 to 999 999 999
/// @param xattrs extended attributes with their raw values, which are no text
public record Attributes(
    int mode, long uid, long gid, long mtimeSeconds, int mtimeNanos, Map<String, byte[]> xattrs) {

  /// Copies the attributes' names; the values are shared and must not be changed.
  public Attributes {
    xattrs = Map.copyOf(xattrs);
  }
}
