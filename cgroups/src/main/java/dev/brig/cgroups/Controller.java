package dev.brig.cgroups;

import java.util.ArrayList;
import java.util.List;

/// A cgroup controller, by its name on v1 and on v2.
///
/// @see <a href="https://man7.org/linux/man-pages/man7/cgroups.7.html">cgroups(7)</a>
public enum Controller {
  /// Processor time.
  CPU("cpu", "cpu"),
  /// Accounting of processor time; part of the core on v2.
  CPUACCT("cpuacct", ""),
  /// Processors and memory nodes.
  CPUSET("cpuset", "cpuset"),
  /// Memory and swap.
  MEMORY("memory", "memory"),
  /// Number of tasks.
  PIDS("pids", "pids"),
  /// Disks.
  BLKIO("blkio", "io"),
  /// Access to devices; a BPF program on v2.
  DEVICES("devices", ""),
  /// Stopping all tasks; part of the core on v2.
  FREEZER("freezer", ""),
  /// Huge pages.
  HUGETLB("hugetlb", "hugetlb"),
  /// Classes of network traffic.
  NET_CLS("net_cls", ""),
  /// Priorities of network traffic.
  NET_PRIO("net_prio", ""),
  /// Remote memory.
  RDMA("rdma", "rdma");

  private final String v1;
  private final String v2;

  Controller(String v1, String v2) {
    this.v1 = v1;
    this.v2 = v2;
  }

  /// Returns the name on this version, or the empty string if that version has no such controller.
  public String named(Version version) {
    return switch (version) {
      case V1 -> v1;
      case V2 -> v2;
    };
  }

  /// Returns the controllers in a list of names; names that brig has no use for are left out.
  ///
  /// @param names names separated by `separator`, as in cgroup.controllers (space) or in the
  ///   options of a v1 mount (comma)
  /// @param separator what separates them
  /// @param version whose names they are
  static List<Controller> parse(String names, char separator, Version version) {
    List<Controller> found = new ArrayList<>();
    int start = 0;
    while (start < names.length()) {
      int end = names.indexOf(separator, start);
      if (end < 0) {
        end = names.length();
      }
      String name = names.substring(start, end);
      for (Controller controller : values()) {
        if (!name.isEmpty() && controller.named(version).equals(name)) {
          found.add(controller);
        }
      }
      start = end + 1;
    }
    return found;
  }
}
