package dev.brig.cli.oci;

import dev.brig.error.UsageException;
import dev.brig.linux.Kernel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The cgroups that a further process joins: the container's, or groups below them, which have to
/// be there: `exec --cgroup [CONTROLLER[,CONTROLLER...]:]PATH`.
final class ExecCgroups {
  private static final Path ROOT = Path.of("/sys/fs/cgroup");
  private static final String OPTION = "--cgroup ";

  private final Kernel kernel;

  ExecCgroups(Kernel kernel) {
    this.kernel = kernel;
  }

  /// Returns the directories.
  ///
  /// @param cgroups the container's
  /// @param wishes the values of the option, in order
  /// @throws UsageException if a group is not there
  List<Path> of(List<Path> cgroups, List<String> wishes) {
    List<Path> chosen = new ArrayList<>(cgroups);
    for (String wish : wishes) {
      int colon = wish.indexOf(':');
      List<String> controllers =
          colon < 0 ? List.of() : List.of(wish.substring(0, colon).split(",", -1));
      String path = wish.substring(colon + 1);
      if (path.startsWith("..") || path.contains("/../") || path.endsWith("/..")) {
        throw new UsageException(
            OPTION + wish, "it is not below the container's cgroup", "a path without ..");
      }
      boolean met = false;
      for (int i = 0; i < cgroups.size(); i++) {
        if (controllers.isEmpty() || isOf(cgroups.get(i), controllers)) {
          chosen.set(i, below(cgroups.get(i), path, wish));
          met = true;
        }
      }
      if (!met) {
        throw new UsageException(
            OPTION + wish,
            "the container has no cgroup of that controller",
            "its cgroups: " + cgroups);
      }
    }
    return chosen;
  }

  private Path below(Path cgroup, String path, String wish) {
    int start = 0;
    while (start < path.length() && path.charAt(start) == '/') {
      start++;
    }
    Path group = start == path.length() ? cgroup : cgroup.resolve(path.substring(start));
    if (!kernel.attributes().exists(group + "/cgroup.procs")) {
      throw new UsageException(
          OPTION + wish,
          "there is no cgroup " + group,
          "make it below the container's first, mkdir " + group);
    }
    return group;
  }

  /// A hierarchy of version 1 is mounted on a directory that is named after its controllers.
  private static boolean isOf(Path cgroup, List<String> controllers) {
    if (!cgroup.startsWith(ROOT) || cgroup.equals(ROOT)) {
      return false;
    }
    String hierarchy = ROOT.relativize(cgroup).getName(0).toString();
    for (String name : hierarchy.split(",", -1)) {
      if (controllers.contains(name)) {
        return true;
      }
    }
    return false;
  }
}
