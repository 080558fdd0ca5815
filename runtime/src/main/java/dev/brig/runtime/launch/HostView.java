package dev.brig.runtime.launch;

import dev.brig.linux.DirectoryEntry;
import dev.brig.linux.Fd;
import dev.brig.linux.FileType;
import dev.brig.linux.FilesystemStatus;
import dev.brig.linux.Kernel;
import dev.brig.linux.OpenFlag;
import dev.brig.namespaces.MountChange;
import dev.brig.namespaces.MountRequest;
import dev.brig.namespaces.MountRequest.Depth;
import dev.brig.namespaces.MountRequest.Filling;
import dev.brig.namespaces.MountRequest.Kind;
import dev.brig.namespaces.RootfsRequest.Access;
import dev.brig.plan.Operand.Num;
import dev.brig.runtime.container.ContainerPaths;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// This machine's root as an ordinary user's container sees it: each directory of `/` by itself
/// below a private writable layer.
///
/// In a user namespace overlayfs takes no lower directory with mounts below it, as `/` has:
/// somebody could see what they hide. A directory that has some is shown read-only, with its
/// mounts.
final class HostView {
  private static final Set<String> OWN = Set.of("proc", "sys", "dev");
  private static final int MOUNTINFO_BYTES_MAX = 16 << 20;
  private static final Num RDONLY = new Num(1, "MOUNT_ATTR_RDONLY");
  private static final Num MS_SLAVE = new Num(0x80000, "MS_SLAVE");

  private final Kernel kernel;

  HostView(Kernel kernel) {
    this.kernel = kernel;
  }

  /// Returns the mounts that show the machine's directories.
  ///
  /// @param paths where the writable layers are
  /// @param access whether they can be written to
  List<MountRequest> mounts(ContainerPaths paths, Access access) {
    Set<String> covered = withMountsBelow();
    List<MountRequest> mounts = new ArrayList<>();
    for (DirectoryEntry entry : entries()) {
      String name = entry.name();
      if (entry.type() != FileType.DIRECTORY || OWN.contains(name)) {
        continue;
      }
      String directory = "/" + name;
      if (covered.contains(name)) {
        mounts.add(
            new MountRequest.Bind(
                directory,
                directory,
                Kind.DIRECTORY,
                Depth.RECURSIVE,
                MountChange.NONE,
                MountChange.set(RDONLY).withPropagation(MS_SLAVE),
                Filling.EMPTY,
                ""));
      } else {
        mounts.add(
            new MountRequest.Layered(
                directory,
                layer(paths, name) + "/upper",
                layer(paths, name) + "/work",
                directory,
                access,
                access == Access.READ_ONLY ? "--read-only" : ""));
      }
    }
    return mounts;
  }

  /// Tells whether the machine's root is an overlay itself, and has all places for these mounts, or
  /// earlier ones have them.
  boolean isOverlayFor(List<MountRequest> mounts) {
    if (kernel.attributes().statfs("/").type() != FilesystemStatus.OVERLAYFS) {
      return false;
    }
    Set<String> earlier = new HashSet<>();
    for (MountRequest mount : mounts) {
      if (!isBelow(mount.target(), earlier) && !kernel.attributes().exists(mount.target())) {
        return false;
      }
      earlier.add(mount.target());
    }
    return true;
  }

  private static boolean isBelow(String target, Set<String> others) {
    for (int slash = target.lastIndexOf('/');
        slash > 0;
        slash = target.lastIndexOf('/', slash - 1)) {
      if (others.contains(target.substring(0, slash))) {
        return true;
      }
    }
    return false;
  }

  /// Makes the directories and links that the mounts need, in the container's writable layer.
  void prepare(ContainerPaths paths) {
    String layers = paths.directory() + "/layers";
    var _ = kernel.tree().mkdirIfAbsent(Fd.CWD, layers, 0700);
    for (DirectoryEntry entry : entries()) {
      String name = entry.name();
      String inside = paths.upper() + "/" + name;
      if (entry.type() == FileType.SYMLINK) {
        String target = kernel.tree().readlinkat(Fd.CWD, "/" + name);
        var _ = kernel.tree().symlinkIfAbsent(target, Fd.CWD, inside);
      } else if (entry.type() == FileType.DIRECTORY) {
        var _ = kernel.tree().mkdirIfAbsent(Fd.CWD, inside, 0755);
        var _ = kernel.tree().mkdirIfAbsent(Fd.CWD, layer(paths, name), 0700);
        var _ = kernel.tree().mkdirIfAbsent(Fd.CWD, layer(paths, name) + "/upper", 0755);
        var _ = kernel.tree().mkdirIfAbsent(Fd.CWD, layer(paths, name) + "/work", 0700);
      }
    }
  }

  private static String layer(ContainerPaths paths, String name) {
    return paths.directory() + "/layers/" + name;
  }

  private List<DirectoryEntry> entries() {
    try (Fd root = kernel.files().openat(Fd.CWD, "/", OpenFlag.O_RDONLY, OpenFlag.O_DIRECTORY)) {
      return kernel.tree().list(root);
    }
  }

  /// Returns the names of the directories of `/` that are mount points or have some below them.
  private Set<String> withMountsBelow() {
    byte[] bytes =
        kernel
            .files()
            .readIfPresent(Fd.CWD, "/proc/self/mountinfo", MOUNTINFO_BYTES_MAX)
            .orElseThrow();
    Set<String> names = new HashSet<>();
    for (String line : new String(bytes, StandardCharsets.UTF_8).split("\n", -1)) {
      String[] fields = line.split(" ", 6);
      if (fields.length == 6 && fields[4].length() > 1) {
        String point = fields[4].substring(1);
        int slash = point.indexOf('/');
        names.add(slash < 0 ? point : point.substring(0, slash));
      }
    }
    return names;
  }
}
