package dev.brig.image.tree;

import dev.brig.image.layer.Attributes;

/// Whom copied files belong to.
public sealed interface Owners {

  /// To the same ids as the originals, as a user namespace shows them.
  ///
  /// @param uids the user ids
  /// @param gids the group ids
  record Kept(IdMap uids, IdMap gids) implements Owners {
    /// The ids as they are.
    public static final Kept PLAIN = new Kept(IdMap.IDENTITY, IdMap.IDENTITY);
  }

  /// All to one user and group.
  ///
  /// @param uid the user, as seen outside
  /// @param gid the group, as seen outside
  record One(long uid, long gid) implements Owners {}

  /// Returns the user that a file is given, as seen outside.
  default long uid(Attributes attributes) {
    return switch (this) {
      case Kept(IdMap uids, var _) -> uids.outside(attributes.uid());
      case One(long uid, var _) -> uid;
    };
  }

  /// Returns the group that a file is given, as seen outside.
  default long gid(Attributes attributes) {
    return switch (this) {
      case Kept(var _, IdMap gids) -> gids.outside(attributes.gid());
      case One(var _, long gid) -> gid;
    };
  }
}
