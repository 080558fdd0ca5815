package dev.brig.runtime.compile;

import dev.brig.cgroups.CgroupPlan;
import dev.brig.error.UnsupportedException;
import dev.brig.linux.Identity.UserNamespace;
import dev.brig.namespaces.Abi;
import dev.brig.namespaces.DeviceNode;
import dev.brig.namespaces.HandedMount;
import dev.brig.namespaces.HandedMount.Ids;
import dev.brig.namespaces.MountChange;
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
import dev.brig.runtime.compile.MountOptions.IdOption;
import dev.brig.runtime.spec.LinuxDevice;
import dev.brig.runtime.spec.Mount;
import dev.brig.runtime.spec.Spec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Turns mounts, devices and protected paths of config.json into the planner's words;
/// config.md#mounts and config-linux.md.
final class MountTranslator {
  private static final String CGROUP = "/sys/fs/cgroup";
  private static final long MS_SHARED = 0x100000;
  private static final long MS_UNBINDABLE = 0x20000;
  private static final String PTMX = "/dev/ptmx";
  private static final MountChange READ_ONLY = MountChange.set(new Num(1, "MOUNT_ATTR_RDONLY"));
  private static final int[][] DEFAULT_DEVICES = {{1, 3}, {1, 5}, {1, 7}, {5, 0}, {1, 8}, {1, 9}};
  private static final String[] DEFAULT_NAMES = {
    "null", "zero", "full", "tty", "random", "urandom"
  };

  private final Spec spec;
  private final Isolation isolation;
  private final CgroupPlan cgroup;
  private final SpecFacts facts;
  private final List<ProtectedPath> readonly = new ArrayList<>();

  /// How a bind mount that says nothing is tied to the host's.
  private final Num usual;

  MountTranslator(Spec spec, Isolation isolation, CgroupPlan cgroup, SpecFacts facts) {
    this.spec = spec;
    this.isolation = isolation;
    this.cgroup = cgroup;
    this.facts = facts;
    Num root = Propagation.of(spec.linux().rootfsPropagation());
    this.usual = Propagation.type(root);
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
        user || facts.place() == UserNamespace.OTHER ? Nodes.BOUND : Nodes.MADE,
        masked,
        readonly,
        terminal ? Terminal.CONSOLE : Terminal.NONE,
        placement.entrance());
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
    MountOptions options = MountOptions.parse(mount.options());
    ProcTargets.check(mount, options, option.isEmpty() ? "mount on " + target : option);
    boolean foreignSysfs =
        mount.type().equals("sysfs")
            && isolation.hasUserNamespace()
            && !isolation.creates(Isolation.CLONE_NEWNET);
    switch (options.kind()) {
      case REMOUNT -> into.add(again(mount, MountRequest.Extent.FILESYSTEM, options, option));
      case REMOUNT_BIND -> into.add(again(mount, MountRequest.Extent.MOUNT, options, option));
      case BIND -> into.add(bind(mount, options, option));
      case NEW -> {
        if (mount.type().equals("cgroup") || mount.type().equals("cgroup2")) {
          mountCgroups(options, option, into);
        } else if (foreignSysfs) {
          into.add(sysfsOfTheHost(mount, options, option));
        } else if (mount.type().equals("bind")) {
          into.add(bind(mount, options, option));
        } else {
          into.add(
              new MountRequest.New(
                  mount.type(),
                  target,
                  options.attributes(),
                  tie(options),
                  parameters(options),
                  options.filling(),
                  option));
        }
      }
    }
  }

  private static MountRequest again(
      Mount mount, MountRequest.Extent extent, MountOptions options, String option) {
    return new MountRequest.Again(
        mount.destination(), extent, options.attributes(), options.parameters(), option);
  }

  /// A new mount has no peers yet: it can be made one that gets some, or one that can't be bound.
  private static Num tie(MountOptions options) {
    Num propagation = options.propagation();
    return propagation.value() == MS_SHARED || propagation.value() == MS_UNBINDABLE
        ? propagation
        : Abi.ZERO;
  }

  /// The kernel gives a new sysfs only to the owner of the network namespace.
  private static MountRequest sysfsOfTheHost(Mount mount, MountOptions options, String option) {
    return new MountRequest.Bind(
        "/sys",
        mount.destination(),
        Kind.DIRECTORY,
        Depth.RECURSIVE,
        MountChange.NONE,
        MountChange.set(options.attributes()).withPropagation(slave()),
        Filling.EMPTY,
        option);
  }

  private MountRequest bind(Mount mount, MountOptions options, String option) {
    Kind kind = facts.sources().getOrDefault(mount.source(), Kind.DIRECTORY);
    boolean single = options.depth() == Depth.SINGLE && options.ids() != IdOption.MAPPED_BELOW;
    MountChange change = single ? tied(options.changeAlone(), usual) : options.change();
    // What lies below goes with the mount where nothing else is said: a call for all can except
    // nothing without cutting ties that a later call can't mend.
    Num own = options.change().propagation();
    MountChange below =
        single ? MountChange.NONE : tied(options.below(), own.value() == 0 ? usual : own);
    boolean mapped = options.ids() != IdOption.UNSAID || !mount.uidMappings().isEmpty();
    if (mapped) {
      Depth depth = options.ids() == IdOption.MAPPED_BELOW ? Depth.RECURSIVE : Depth.SINGLE;
      HandedMount handed =
          new HandedMount(
              new Slot("mount for " + mount.destination()),
              mount.source(),
              options.depth() == Depth.RECURSIVE ? Depth.RECURSIVE : depth,
              depth,
              change,
              below,
              ids(mount, option),
              option);
      return new MountRequest.Handed(handed, mount.destination(), kind);
    }
    return new MountRequest.Bind(
        mount.source(),
        mount.destination(),
        kind,
        options.depth(),
        change,
        below,
        facts.unfilled().contains(mount.source()) ? Filling.COPIED : Filling.EMPTY,
        option);
  }

  private static MountChange tied(MountChange change, Num usual) {
    return change.propagation().value() == 0 ? change.withPropagation(usual) : change;
  }

  /// Returns whose ids the files of a mount with mapped ids have; config.md#linux-mount-options,
  /// `idmap`: the mount's own mapping's, or the container's.
  private Ids ids(Mount mount, String option) {
    if (!mount.uidMappings().isEmpty() || !mount.gidMappings().isEmpty()) {
      return new Ids.Own(
          IdMappings.text(mount.uidMappings()), IdMappings.text(mount.gidMappings()));
    }
    if (!isolation.hasUserNamespace()) {
      throw new UnsupportedException(
          option.isEmpty() ? "mount on " + mount.destination() : option,
          "the container has no user namespace, by which ids could be mapped",
          "--uidmap, or uidMappings and gidMappings of the mount");
    }
    return new Ids.Containers();
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

  private static Num slave() {
    return new Num(0x80000, "MS_SLAVE");
  }

  /// Shows a container its own cgroups: the whole tree on a host of version 2 alone, and one
  /// directory for each controller that the container has a group of elsewhere.
  private void mountCgroups(MountOptions options, String option, List<MountRequest> into) {
    boolean none = cgroup.leaves().isEmpty();
    boolean shown = none && !facts.cgroups().isEmpty();
    if ((cgroup.hasUnified() || shown)
        && cgroup.joins().isEmpty()
        && isolation.creates(Isolation.CLONE_NEWCGROUP)
        && facts.kernelPaths().containsKey("/sys/fs/cgroup/cgroup.controllers")) {
      Num attributes = options.attributes();
      into.add(
          new MountRequest.New("cgroup2", CGROUP, attributes, List.of(), Filling.EMPTY, option));
      return;
    }
    if (none && facts.cgroups().isEmpty()) {
      return;
    }
    String whole = facts.cgroups().getOrDefault(CGROUP, "");
    if (none && !whole.isEmpty()) {
      into.add(bind(whole, CGROUP, READ_ONLY, option));
      return;
    }
    Num flags = new Num(14, "MOUNT_ATTR_NOSUID|MOUNT_ATTR_NODEV|MOUNT_ATTR_NOEXEC");
    List<Parameter> mode = List.of(new Parameter("mode", "755"), new Parameter("size", "0"));
    into.add(new MountRequest.New("tmpfs", CGROUP, flags, mode, Filling.EMPTY, option));
    if (none) {
      for (Map.Entry<String, String> own : new TreeMap<>(facts.cgroups()).entrySet()) {
        if (own.getKey().startsWith(CGROUP + "/")) {
          into.add(bind(own.getValue(), own.getKey(), READ_ONLY, option));
        }
      }
    }
    for (Path leaf : cgroup.leaves()) {
      into.add(bind(leaf.toString(), hierarchy(leaf.toString()), MountChange.NONE, option));
    }
    readonly.add(new ProtectedPath(CGROUP, Kind.DIRECTORY, option));
  }

  private static MountRequest bind(
      String source, String target, MountChange change, String option) {
    return new MountRequest.Bind(
        source,
        target,
        Kind.DIRECTORY,
        Depth.SINGLE,
        change,
        MountChange.NONE,
        Filling.EMPTY,
        option);
  }

  /// Returns where a hierarchy is mounted, from the path of something in it.
  private static String hierarchy(String path) {
    int start = CGROUP.length() + 1;
    int slash = path.indexOf('/', start);
    if (!path.startsWith(CGROUP + "/") || slash < 0) {
      throw new UnsupportedException(
          "mount cgroups", path + " is not below " + CGROUP, "mount cgroups there");
    }
    return path.substring(0, slash);
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
      if (device.path().equals(PTMX)) {
        // A container's own is a link to its devpts; the host's would make terminals of the host's.
        continue;
      }
      // One that every container has may be named as well: `--device /dev/null`.
      nodes.removeIf(node -> node.path().equals(device.path()));
      nodes.add(node(device));
    }
    return nodes;
  }

  private DeviceNode node(LinuxDevice device) {
    Integer mode = device.fileMode();
    Long uid = device.owner().uid();
    Long gid = device.owner().gid();
    int type =
        switch (device.type()) {
          case BLOCK -> DeviceNode.S_IFBLK;
          case CHARACTER, UNBUFFERED -> DeviceNode.S_IFCHR;
          case FIFO -> DeviceNode.S_IFIFO;
        };
    return new DeviceNode(
        device.path(),
        type,
        (int) device.major(),
        (int) device.minor(),
        mode == null ? 0666 : mode & 07777,
        uid == null ? 0 : uid.intValue(),
        gid == null ? 0 : gid.intValue(),
        device.path(),
        facts.origin("device:" + device.path()));
  }
}
