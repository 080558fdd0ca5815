package dev.brig.image.erofs;

import dev.brig.linux.Timestamp;
import java.util.HashMap;
import java.util.Map;

/// The time that most files of an image have. The superblock says it once, and these files' inodes
/// need be half as large.
///
/// @param time the time
record Epoch(Timestamp time) {

  /// Finds the most frequent time; of several the earliest, so that it does not depend on an order.
  static Epoch of(Iterable<Inode> inodes) {
    Map<Timestamp, Integer> counts = new HashMap<>();
    Timestamp best = new Timestamp(0, 0);
    int most = 0;
    for (Inode inode : inodes) {
      Timestamp time = inode.metadata().modified();
      int count = counts.merge(time, 1, Integer::sum);
      if (count > most || (count == most && isBefore(time, best))) {
        most = count;
        best = time;
      }
    }
    return new Epoch(best);
  }

  private static boolean isBefore(Timestamp a, Timestamp b) {
    return a.seconds() < b.seconds() || (a.seconds() == b.seconds() && a.nanos() < b.nanos());
  }

  boolean matches(Timestamp other) {
    return time.equals(other);
  }
}
