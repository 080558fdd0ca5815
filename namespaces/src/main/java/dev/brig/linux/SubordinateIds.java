package dev.brig.linux;

import java.util.List;

/// The ids beside its own that a user may map into a user namespace: with the help of newuidmap(1)
/// and newgidmap(1), or, for the root of a user namespace, by itself.
///
/// @param user the user's name, or the number in decimal if no name is known
/// @param uids the ranges of user ids, in the order of /etc/subuid
/// @param gids the ranges of group ids, in the order of /etc/subgid
/// @param mapper who maps them
/// @see <a href="https://man7.org/linux/man-pages/man5/subuid.5.html">subuid(5)</a>
public record SubordinateIds(String user, List<IdRange> uids, List<IdRange> gids, Mapper mapper) {
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

  /// Who maps ids of somebody else.
  public sealed interface Mapper {}

  /// Programs with the right to.
  ///
  /// @param newuidmap the path of newuidmap, or empty if it is not installed
  /// @param newgidmap the path of newgidmap, or empty if it is not installed
  public record Programs(String newuidmap, String newgidmap) implements Mapper {
    /// Tells whether both are there.
    public boolean areInstalled() {
      return !newuidmap.isEmpty() && !newgidmap.isEmpty();
    }
  }

  /// The process itself: it has CAP_SETUID and CAP_SETGID in its user namespace.
  public record Itself() implements Mapper {}

  /// Tells whether ranges can be mapped: there are some of both kinds, and somebody who maps them.
  public boolean usable() {
    return !uids.isEmpty()
        && !gids.isEmpty()
        && (mapper instanceof Itself || (mapper instanceof Programs found && found.areInstalled()));
  }
}
