package dev.brig.linux;

import java.util.List;

/// The ids that a user may map into a user namespace with the help of newuidmap(1) and
/// newgidmap(1).
///
/// @param user the user's name, or the number in decimal if no name is known
/// @param uids the ranges that /etc/subuid gives the user, in its order
/// @param gids the ranges that /etc/subgid gives the user, in its order
/// @param newuidmap the path of newuidmap, or empty if it is not installed
/// @param newgidmap the path of newgidmap, or empty if it is not installed
/// @see <a href="https://man7.org/linux/man-pages/man5/subuid.5.html">subuid(5)</a>
public record SubordinateIds(
    String user, List<IdRange> uids, List<IdRange> gids, String newuidmap, String newgidmap) {
  /// Copies the lists.
  public SubordinateIds {
    uids = List.copyOf(uids);
    gids = List.copyOf(gids);
  }

  /// A range of ids of the host.
  ///
  /// @param start the first id
  /// @param count how many
  public record IdRange(long start, long count) {}

  /// Tells whether ranges can be mapped: there are some of both kinds, and the programs that map
  /// them.
  public boolean usable() {
    return !uids.isEmpty() && !gids.isEmpty() && !newuidmap.isEmpty() && !newgidmap.isEmpty();
  }
}
