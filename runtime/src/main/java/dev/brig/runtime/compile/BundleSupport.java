package dev.brig.runtime.compile;

import dev.brig.error.UnsupportedException;
import dev.brig.runtime.spec.Linux;
import dev.brig.runtime.spec.LinuxNamespace;
import dev.brig.runtime.spec.LinuxNamespaceType;
import dev.brig.runtime.spec.LinuxResources;
import dev.brig.runtime.spec.LinuxWeightDevice;
import dev.brig.runtime.spec.Mount;
import dev.brig.runtime.spec.Process;
import dev.brig.runtime.spec.Spec;
import java.util.Set;

/// Refuses what a config.json may ask for and brig can't do: each field by its name.
final class BundleSupport {
  /// What the kernel takes for filesystems and passes over for bind mounts.
  private static final Set<String> OF_FILESYSTEM =
      Set.of("dirsync", "iversion", "lazytime", "mand", "silent", "sync");

  private BundleSupport() {}

  /// Checks a configuration.
  ///
  /// @throws UnsupportedException for the first field that brig can't honour
  static void check(Spec spec) {
    Linux linux = spec.linux();
    if (!hasMountNamespace(spec)) {
      mountless(spec);
    }
    refuse("/linux/intelRdt", linux.intelRdt() != null);
    resources(linux.resources());
    terminal(spec);
    for (Mount mount : spec.mounts()) {
      mount(mount);
    }
  }

  private static void mount(Mount mount) {
    boolean cgroup = mount.type().equals("cgroup") || mount.type().equals("cgroup2");
    if (cgroup && !mount.destination().equals("/sys/fs/cgroup")) {
      throw new UnsupportedException(
          "mount on " + mount.destination(),
          "brig shows cgroups at /sys/fs/cgroup only",
          "give it that destination");
    }
    boolean bind = mount.isBind();
    for (String option : mount.options()) {
      if (bind && MountWord.of(option) == null) {
        throw new UnsupportedException(
            "mount on " + mount.destination(),
            "\"" + option + "\" is no option of a bind mount",
            "leave it out");
      }
      if (bind && OF_FILESYSTEM.contains(option)) {
        throw new UnsupportedException(
            "mount on " + mount.destination(),
            "\"" + option + "\" is for a filesystem as a whole, and no bind mount's own",
            "mount that filesystem so, or leave it out");
      }
      boolean copied = option.equals("tmpcopyup") && (bind || !mount.type().equals("tmpfs"));
      boolean mapped = !bind && (option.equals("idmap") || option.equals("ridmap"));
      if (copied || mapped) {
        throw new UnsupportedException(
            "mount on " + mount.destination(),
            "\"" + option + "\" is for " + (copied ? "a tmpfs" : "a bind mount") + " only",
            "leave it out");
      }
    }
  }

  /// Without a mount namespace all that is mounted, hidden or made read-only would be so for the
  /// host, and stay so.
  private static void mountless(Spec spec) {
    Linux linux = spec.linux();
    alone("/mounts", !spec.mounts().isEmpty());
    alone("/linux/maskedPaths", !linux.maskedPaths().isEmpty());
    alone("/linux/readonlyPaths", !linux.readonlyPaths().isEmpty());
    alone("/linux/rootfsPropagation", linux.rootfsPropagation() != null);
    alone("/root/readonly", spec.root().readonly());
  }

  private static void alone(String field, boolean asked) {
    if (asked) {
      throw new UnsupportedException(
          field,
          "without a mount namespace this would change the host's mounts",
          "add {\"type\": \"mount\"} to /linux/namespaces, or leave this out");
    }
  }

  private static void terminal(Spec spec) {
    boolean terminals = false;
    for (Mount mount : spec.mounts()) {
      terminals |= mount.type().equals("devpts");
    }
    Process process = spec.process();
    if (process != null && process.terminal() && !terminals) {
      throw new UnsupportedException(
          "/process/terminal",
          "the container has no terminals of its own",
          "add a mount of type devpts on /dev/pts");
    }
  }

  private static void resources(LinuxResources resources) {
    boolean leaf = resources.blockIo().leafWeight() != null;
    for (LinuxWeightDevice device : resources.blockIo().weightDevice()) {
      leaf |= device.leafWeight() != null;
    }
    if (leaf) {
      throw new UnsupportedException(
          "/linux/resources/blockIO/leafWeight",
          "the kernel has no such weight since Linux 5.0, when the CFQ scheduler went",
          "leave it out of the spec");
    }
  }

  private static boolean hasMountNamespace(Spec spec) {
    for (LinuxNamespace namespace : spec.linux().namespaces()) {
      if (namespace.type() == LinuxNamespaceType.MOUNT) {
        return true;
      }
    }
    return false;
  }

  private static void refuse(String field, boolean asked) {
    if (asked) {
      throw new UnsupportedException(field, "brig can't apply it", "leave it out of the spec");
    }
  }
}
