package dev.brig.cgroups;

import java.util.ArrayList;
import java.util.List;

/// One line of /proc/PID/cgroup: where a process lives in one hierarchy.
///
/// @param names the controllers of a v1 hierarchy by their kernel names, comma-separated, `name=…`
///   for one without controllers, or empty for the unified hierarchy
/// @param path the cgroup, relative to the root of the reader's cgroup namespace
/// @see <a href="https://man7.org/linux/man-pages/man7/cgroups.7.html">cgroups(7),
///   /proc/pid/cgroup</a>
record OwnCgroup(String names, String path) {

  /// Returns the lines of a file `hierarchy-ID:controller-list:cgroup-path`; a line of another form
  /// is left out.
  static List<OwnCgroup> parse(String text) {
    List<OwnCgroup> found = new ArrayList<>();
    int start = 0;
    while (start < text.length()) {
      int end = text.indexOf('\n', start);
      if (end < 0) {
        end = text.length();
      }
      int first = text.indexOf(':', start);
      int second = first < 0 ? -1 : text.indexOf(':', first + 1);
      if (second >= 0 && second < end) {
        found.add(
            new OwnCgroup(text.substring(first + 1, second), text.substring(second + 1, end)));
      }
      start = end + 1;
    }
    return found;
  }
}
