package dev.brig.cgroups;

import dev.brig.cgroups.CgroupHost.Access;
import dev.brig.cgroups.CgroupHost.Hierarchy;
import java.util.List;
import java.util.Map;

/// Values for cgroup v2 files by name.
///
/// @see <a
///   href="https://github.com/opencontainers/runtime-spec/blob/main/config-linux.md#unified">config-linux.md,
///   Unified</a>
final class UnifiedLimits {
  private UnifiedLimits() {}

  static void plan(Map<String, String> wish, Draft draft) {
    for (Map.Entry<String, String> entry : wish.entrySet()) {
      String file = entry.getKey();
      check(file, draft);
      Group group = group(file, draft);
      if (group.version() == Version.V1) {
        throw draft.unsupported(
            Limit.UNIFIED,
            "\""
                + file
                + "\" is a file of cgroup v2, and this host has the controller "
                + Demand.prefix(file)
                + " on cgroup v1",
            "start the kernel with cgroup_no_v1=all (systemd.unified_cgroup_hierarchy=1)");
      }
      for (String line : lines(entry.getValue())) {
        draft.write(group, file, line, Limit.UNIFIED, "set " + file + " as asked");
      }
    }
  }

  private static void check(String file, Draft draft) {
    if (file.indexOf('/') >= 0 || file.indexOf('.') <= 0) {
      throw draft.wrong(
          Limit.UNIFIED,
          "\"" + file + "\" is no name of a cgroup file",
          "it needs the form controller.file, for instance memory.high");
    }
    switch (file) {
      case "cgroup.procs",
          "cgroup.threads",
          "cgroup.subtree_control",
          "cgroup.type",
          "cgroup.freeze",
          "cgroup.kill" ->
          throw draft.wrong(
              Limit.UNIFIED, "\"" + file + "\" is brig's own to write", "leave it away");
      default -> {}
    }
  }

  private static Group group(String file, Draft draft) {
    String prefix = Demand.prefix(file);
    if (prefix.equals("cgroup")) {
      for (Hierarchy hierarchy : draft.host().hierarchies()) {
        if (hierarchy.version() == Version.V2 && hierarchy.access() == Access.WRITABLE) {
          return draft.group(hierarchy);
        }
      }
      throw draft.unsupported(
          Limit.UNIFIED,
          "\"" + file + "\": no unified hierarchy is mounted that brig may write to",
          "as root: mount -t cgroup2 cgroup2 /sys/fs/cgroup/unified");
    }
    List<Controller> controllers = Controller.parse(prefix, ' ', Version.V2);
    if (controllers.isEmpty()) {
      throw draft.unsupported(
          Limit.UNIFIED,
          "\"" + file + "\": brig knows no cgroup controller " + prefix,
          "it knows cpu, cpuset, hugetlb, io, memory and pids");
    }
    return draft.group(controllers.getFirst(), Limit.UNIFIED);
  }

  private static List<String> lines(String value) {
    return value.lines().filter(line -> !line.isBlank()).toList();
  }
}
