package dev.brig.runtime.compile;

import dev.brig.cgroups.CgroupPlan;
import dev.brig.error.UnsupportedException;
import dev.brig.namespaces.Abi;
import dev.brig.namespaces.DeviceNode;
import dev.brig.namespaces.HandedMount;
import dev.brig.namespaces.HandedMount.Ids;
import dev.brig.namespaces.MountRequest;
import dev.brig.namespaces.MountRequest.Depth;
import dev.brig.namespaces.MountRequest.Filling;
import dev.brig.namespaces.MountRequest.Kind;
import dev.brig.namespaces.MountRequest.Parameter;
import dev.brig.namespaces.ProtectedPath;
import dev.brig.namespaces.RootfsRequest;
import dev.brig.namespaces.RootfsRequest.Access;
import dev.brig.namespaces.RootfsRequest.Nodes;
import dev.brig.namespaces.RootfsRequest.Terminal;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.Slot;
import dev.brig.runtime.spec.LinuxDevice;
import dev.brig.runtime.spec.LinuxDeviceType;
import dev.brig.runtime.spec.Mount;
import dev.brig.runtime.spec.Spec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Turns mounts, devices and protected paths of config.json into the planner's words;
/// config.md#mounts and config-linux.md.
final class MountTranslator {
  private static final String CGROUP = "/sys/fs/cgroup";
  private static final int[][] DEFAULT_DEVICES = {{1, 3}, {1, 5}, {1, 7}, {5, 0}, {1, 8}, {1, 9}};
  private static final String[] DEFAULT_NAMES = {
    "null", "zero", "full", "tty", "random", "urandom"
  };

  private final Spec spec;
  private final Isolation isolation;
  private final CgroupPlan cgroup;
  private final SpecFacts facts;
  private final List<ProtectedPath> readonly = new ArrayList<>();

  MountTranslator(Spec spec, Isolation isolation, CgroupPlan cgroup, SpecFacts facts) {
    this.spec = spec;
    this.isolation = isolation;
    this.cgroup = cgroup;
    this.facts = facts;
  }

  RootfsRequest rootfs(SpecCompiler.Placement placement) {
    List<MountRequest> mounts = new ArrayList<>();
    for (Mount mount : spec.mounts()) {
      translate(mount, mounts);
    }
    boolean user = isolation.hasUserNamespace();
    for (String path : spec.linux().readonlyPaths()) {
      protect(path, readonly);
    }
    List<ProtectedPath> masked = new ArrayList<>();
    for (String path : spec.linux().maskedPaths()) {
      protect(path, masked);
    }
    boolean terminal = spec.process() != null && spec.process().terminal();
    return new RootfsRequest(
        placement.rootfs(),
        placement.mountPoint(),
        spec.root().readonly() ? Access.READ_ONLY : Access.READ_WRITE,
        mounts,
        devices(),
        user ? Nodes.BOUND : Nodes.MADE,
        masked,
        readonly,
        terminal ? Terminal.CONSOLE : Terminal.NONE);
  }

  private void protect(String path, List<ProtectedPath> into) {
    Kind kind = facts.kernelPaths().get(path);
    if (kind == null) {
      if (path.startsWith("/proc/") || path.startsWith("/sys/")) {
        return;
      }
      kind = Kind.FILE;
    }
    into.add(new ProtectedPath(path, kind, facts.origin("protect:" + path)));
  }

  private void translate(Mount mount, List<MountRequest> into) {
    String target = mount.destination();
    String option = facts.origin("mount:" + target);
    MountOptions options = MountOptions.parse(mount.options(), "mount on " + target);
    boolean foreignSysfs =
        mount.type().equals("sysfs")
            && isolation.hasUserNamespace()
            && !isolation.creates(Isolation.CLONE_NEWNET);
    if (mount.type().equals("cgroup") || mount.type().equals("cgroup2")) {
      mountCgroups(options, option, into);
    } else if (foreignSysfs) {
      // The kernel gives a new sysfs only to the owner of the network namespace.
      Num attributes = options.attributes();
      into.add(
          new MountRequest.Bind(
              "/sys",
              target,
              Kind.DIRECTORY,
              Depth.RECURSIVE,
              attributes,
              slave(),
              Filling.EMPTY,
              option));
    } else if (options.ids() == Ids.MAPPED) {
      into.add(mapped(mount, options, option));
    } else if (options.bind() || mount.type().equals("bind")) {
      into.add(
          new MountRequest.Bind(
              mount.source(),
              target,
              facts.sources().getOrDefault(mount.source(), Kind.DIRECTORY),
              options.depth(),
              options.attributes(),
              options.propagation(),
              facts.unfilled().contains(mount.source()) ? Filling.COPIED : Filling.EMPTY,
              option));
    } else {
      into.add(
          new MountRequest.New(
              mount.type(),
              target,
              options.attributes(),
              parameters(options),
              options.filling(),
              option));
    }
  }

  private List<Parameter> parameters(MountOptions options) {
    List<Parameter> parameters = new ArrayList<>();
    for (Parameter parameter : options.parameters()) {
      // The group tty is not mapped where only one id is.
      boolean unmapped =
          parameter.key().equals("gid")
              && isolation.mapping() instanceof Isolation.IdMapping.Written written
              && !written.gidMap().contains("65536");
      if (!unmapped) {
        parameters.add(parameter);
      }
    }
    return parameters;
  }

  /// Returns a bind mount whose files have the container's ids; config.md#linux-mount-options,
  /// `idmap`.
  private MountRequest mapped(Mount mount, MountOptions options, String option) {
    String subject = option.isEmpty() ? "mount on " + mount.destination() : option;
    if (!mount.uidMappings().isEmpty() || !mount.gidMappings().isEmpty()) {
      throw new UnsupportedException(
          subject,
          "brig maps a mount's ids as the container's are, and not otherwise",
          "leave uidMappings and gidMappings of the mount out");
    }
    if (!isolation.hasUserNamespace()) {
      throw new UnsupportedException(
          subject, "the container has no user namespace, by which ids could be mapped", "--uidmap");
    }
    Num attributes = options.attributes();
    HandedMount handed =
        new HandedMount(
            new Slot("mount for " + mount.destination()),
            mount.source(),
            options.depth(),
            attributes,
            options.propagation(),
            Ids.MAPPED,
            option);
    Kind kind = facts.sources().getOrDefault(mount.source(), Kind.DIRECTORY);
    return new MountRequest.Handed(handed, mount.destination(), kind);
  }

  private static Num slave() {
    return new Num(0x80000, "MS_SLAVE");
  }

  /// Shows a container its own cgroups: the whole tree on a host of version 2 alone, and one
  /// directory for each controller that the container has a group of elsewhere.
  private void mountCgroups(MountOptions options, String option, List<MountRequest> into) {
    if (cgroup.hasUnified()
        && cgroup.joins().isEmpty()
        && isolation.creates(Isolation.CLONE_NEWCGROUP)
        && facts.kernelPaths().containsKey("/sys/fs/cgroup/cgroup.controllers")) {
      Num attributes = options.attributes();
      into.add(
          new MountRequest.New("cgroup2", CGROUP, attributes, List.of(), Filling.EMPTY, option));
      return;
    }
    if (cgroup.leaves().isEmpty()) {
      return;
    }
    Num flags = new Num(14, "MOUNT_ATTR_NOSUID|MOUNT_ATTR_NODEV|MOUNT_ATTR_NOEXEC");
    List<Parameter> mode = List.of(new Parameter("mode", "755"), new Parameter("size", "0"));
    into.add(new MountRequest.New("tmpfs", CGROUP, flags, mode, Filling.EMPTY, option));
    for (Path leaf : cgroup.leaves()) {
      String source = leaf.toString();
      String name = source.substring(CGROUP.length() + 1);
      int slash = name.indexOf('/');
      if (!source.startsWith(CGROUP + "/") || slash < 0) {
        throw new UnsupportedException(
            "mount cgroups", source + " is not below " + CGROUP, "mount cgroups there");
      }
      into.add(
          new MountRequest.Bind(
              source,
              CGROUP + "/" + name.substring(0, slash),
              Kind.DIRECTORY,
              Depth.SINGLE,
              Abi.ZERO,
              Abi.ZERO,
              Filling.EMPTY,
              option));
    }
    readonly.add(new ProtectedPath(CGROUP, Kind.DIRECTORY, option));
  }

  private List<DeviceNode> devices() {
    List<DeviceNode> nodes = new ArrayList<>();
    for (int i = 0; i < DEFAULT_NAMES.length; i++) {
      String path = "/dev/" + DEFAULT_NAMES[i];
      int[] number = DEFAULT_DEVICES[i];
      nodes.add(
          new DeviceNode(path, DeviceNode.S_IFCHR, number[0], number[1], 0666, 0, 0, path, ""));
    }
    for (LinuxDevice device : spec.linux().devices()) {
      // One that every container has may be named as well: `--device /dev/null`.
      nodes.removeIf(node -> node.path().equals(device.path()));
      nodes.add(node(device));
    }
    return nodes;
  }

  private DeviceNode node(LinuxDevice device) {
    if (!device.path().startsWith("/dev/") || device.type() == LinuxDeviceType.FIFO) {
      throw new UnsupportedException(
          "device " + device.path(),
          "brig makes character and block devices below /dev",
          "give it a path below /dev");
    }
    Integer mode = device.fileMode();
    Long uid = device.owner().uid();
    Long gid = device.owner().gid();
    return new DeviceNode(
        device.path(),
        device.type() == LinuxDeviceType.BLOCK ? DeviceNode.S_IFBLK : DeviceNode.S_IFCHR,
        (int) device.major(),
        (int) device.minor(),
        mode == null ? 0666 : mode,
        uid == null ? 0 : uid.intValue(),
        gid == null ? 0 : gid.intValue(),
        device.path(),
        facts.origin("device:" + device.path()));
  }
}
