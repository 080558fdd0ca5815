package dev.brig.image.tree;

import java.util.ArrayList;
import java.util.List;

/// How the ids of a user namespace stand for those outside. Ids that no range has are left as they
/// are.
///
/// @param ranges the ranges; none if the ids are the same inside and outside
public record IdMap(List<Range> ranges) {
  /// The ids are the same inside and outside.
  public static final IdMap IDENTITY = new IdMap(List.of());

  /// Copies the list.
  public IdMap {
    ranges = List.copyOf(ranges);
  }

  /// Some ids in a row.
  ///
  /// @param inside the first id inside
  /// @param outside the id that it is outside
  /// @param count how many there are
  public record Range(long inside, long outside, long count) {}

  /// Returns the map as it is for somebody in another user namespace.
  ///
  /// @param own how that one's ids stand for those outside
  public IdMap seenThrough(List<Range> own) {
    List<Range> seen = new ArrayList<>();
    for (Range range : ranges) {
      for (Range other : own) {
        long first = Math.max(range.outside, other.outside);
        long end = Math.min(range.outside + range.count, other.outside + other.count);
        if (first < end) {
          seen.add(
              new Range(
                  range.inside + first - range.outside,
                  other.inside + first - other.outside,
                  end - first));
        }
      }
    }
    return new IdMap(seen);
  }

  /// Returns what an id of a file outside is inside.
  public long inside(long outside) {
    for (Range range : ranges) {
      if (outside >= range.outside && outside - range.outside < range.count) {
        return outside - range.outside + range.inside;
      }
    }
    return outside;
  }

  /// Returns what an id inside is outside.
  public long outside(long inside) {
    for (Range range : ranges) {
      if (inside >= range.inside && inside - range.inside < range.count) {
        return inside - range.inside + range.outside;
      }
    }
    return inside;
  }
}
