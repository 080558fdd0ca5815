package dev.brig.namespaces;

import static dev.brig.namespaces.Abi.AT_FDCWD;
import static dev.brig.namespaces.Abi.AT_RECURSIVE;
import static dev.brig.namespaces.Abi.OPEN_TREE_CLOEXEC;
import static dev.brig.namespaces.Abi.OPEN_TREE_CLONE;
import static dev.brig.namespaces.Abi.ZERO;
import static dev.brig.namespaces.Abi.or;
import static dev.brig.namespaces.Abi.text;
import static dev.brig.namespaces.Abi.value;

import dev.brig.linux.Errno;
import dev.brig.linux.Syscall;
import dev.brig.namespaces.MountRequest.Depth;
import dev.brig.namespaces.MountRequest.Filling;
import dev.brig.namespaces.MountRequest.Kind;
import dev.brig.namespaces.MountRequest.Parameter;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.PlanBuilder;
import dev.brig.plan.Slot;
import java.util.ArrayList;
import java.util.List;

/// Mounts what a container wants below its root, and protects what it must not touch.
final class MountPlanner {
  private static final Slot SOURCE = new Slot("mountfd");
  private static final Num MS_PRIVATE = new Num(0x40000, "MS_PRIVATE");
  private static final Num RDONLY = new Num(1, "MOUNT_ATTR_RDONLY");

  private final PlanBuilder plan;
  private final RootfsRequest request;
  private final PlacePlanner places;
  private final MaskPlanner masks;
  private final CopyPlanner copies;
  private final ChangePlanner changes;

  MountPlanner(PlanBuilder plan, RootfsRequest request) {
    this.plan = plan;
    this.request = request;
    this.places = new PlacePlanner(plan, request.entrance().origin());
    this.masks = new MaskPlanner(plan, places.fresh());
    this.copies = new CopyPlanner(plan);
    this.changes = new ChangePlanner(plan);
  }

  /// Appends the steps that take a copy of each source whose later mounts are to be seen, or are to
  /// be shown to the host: before all mounts of this namespace become private, since then nothing
  /// ties them to the host's any more; mount_namespaces(7).
  void takeTies() {
    for (MountRequest mount : request.mounts()) {
      if (mount instanceof MountRequest.Bind bind && isTied(bind)) {
        plan.because("take " + bind.source() + " with its ties to the host's", bind.option());
        take(bind, tied(bind));
      }
    }
  }

  /// Tells whether everybody sees what is mounted: there is no mount namespace of its own.
  private boolean isInView() {
    return request.entrance().way() == RootfsRequest.Way.CHROOT;
  }

  private static boolean isTied(MountRequest.Bind mount) {
    return mount.change().isTied() || mount.below().isTied();
  }

  private static Slot tied(MountRequest.Bind mount) {
    return new Slot("mountfd for " + mount.target());
  }

  private void take(MountRequest.Bind mount, Slot into) {
    Num flags = or(OPEN_TREE_CLONE, OPEN_TREE_CLOEXEC);
    Num cloning = mount.depth() == Depth.RECURSIVE ? or(flags, AT_RECURSIVE) : flags;
    plan.call(into, Syscall.OPEN_TREE, AT_FDCWD, text(mount.source()), cloning);
  }

  void mountAll() {
    for (MountRequest mount : request.mounts()) {
      switch (mount) {
        case MountRequest.New instance -> mountNew(instance);
        case MountRequest.Bind bind -> mountBind(bind);
        case MountRequest.Layered layered -> mountLayered(layered);
        case MountRequest.Handed handed -> mountHanded(handed);
        case MountRequest.Again again -> mountAgain(again);
      }
    }
    if (!hasOwnDevices() && request.entrance().way() != RootfsRequest.Way.MONITOR) {
      fillDevicesOfTheRoot();
    }
    for (DeviceNode device : request.devices()) {
      if (!device.path().startsWith("/dev/")) {
        makeElsewhere(device);
      }
    }
    for (ProtectedPath path : request.readonly()) {
      if (!belowNewProc(path)) {
        masks.makeReadonly(path);
      }
    }
    for (ProtectedPath path : request.masked()) {
      masks.hide(path);
    }
  }

  private boolean hasOwnDevices() {
    for (MountRequest mount : request.mounts()) {
      if (mount.target().equals("/dev")) {
        return true;
      }
    }
    return false;
  }

  /// A root without a mount on /dev gets its devices in that directory of its own.
  private void fillDevicesOfTheRoot() {
    plan.because("open the root's /dev");
    Slot dev = new Slot("devfd");
    places.reopen(dev, places.locate("/dev", Kind.DIRECTORY));
    new DevicePlanner(plan, request, dev, DevicePlanner.Content.SOME).fill();
  }

  private void makeElsewhere(DeviceNode device) {
    plan.because("make " + device.path(), device.option());
    int slash = device.path().lastIndexOf('/');
    String directory = slash == 0 ? "/" : device.path().substring(0, slash);
    Place place = places.locate(directory, Kind.DIRECTORY);
    Slot parent = new Slot("parentfd");
    places.reopen(parent, place);
    new DevicePlanner(plan, request, parent, DevicePlanner.Content.SOME)
        .make(device, new Place(parent, device.path().substring(slash + 1)));
  }

  private boolean belowNewProc(ProtectedPath path) {
    return places.fresh().containsKey("/proc") && path.path().startsWith("/proc/");
  }

  private void mountNew(MountRequest.New mount) {
    plan.because("mount " + mount.type() + " on " + mount.target(), mount.option());
    Slot mounted = new Slot(mount.target());
    if (isSharedByNature(mount) || MountParameters.hasComma(mount)) {
      mountInContext(mount, mounted);
    } else {
      Place place = places.locate(mount);
      Num flags = MountFlags.of(mount.attributes(), mount.parameters());
      boolean copied = mount.filling() == Filling.COPIED;
      if (copied) {
        // What is copied must be writable to be copied to.
        Num writable = MountFlags.attributes(mount.attributes().value() & ~RDONLY.value());
        flags = MountFlags.of(writable, mount.parameters());
        copies.takeSource(place);
      }
      place.mount(
          plan,
          MountParameters.source(mount),
          mount.type(),
          flags,
          MountParameters.data(mount.parameters()));
      places.forget(mount.target());
      if (copied || isNeeded(mount) || mount.propagation().value() != 0) {
        places.reopen(mounted, place);
        places.put(mount, mounted);
      }
      if (copied) {
        fill(mount, mounted);
      }
    }
    if (mount.propagation().value() != 0) {
      MountChange tie = MountChange.NONE.withPropagation(mount.propagation());
      changes.apply(mounted, tie, MountChange.NONE);
    }
    if (mount.target().equals("/dev")) {
      DevicePlanner.Content content =
          places.fresh().containsKey("/dev")
              ? DevicePlanner.Content.NOTHING
              : DevicePlanner.Content.SOME;
      new DevicePlanner(plan, request, mounted, content).fill();
    }
    if (hasConsole(mount)) {
      openConsole(mounted);
    }
  }

  private void openConsole(Slot devpts) {
    ConsolePlanner console = new ConsolePlanner(plan);
    console.openPair(devpts);
    plan.because("bind the terminal to /dev/console", "-t");
    Slot dev = places.fresh().get("/dev");
    if (dev == null) {
      places.attach(console.take(), places.locate("/dev/console", Kind.FILE));
    } else {
      plan.call(Syscall.MKNODAT, value(dev), text("console"), new Num(0x8180, "S_IFREG|0600"));
      places.attach(console.take(), new Place(dev, "console"));
    }
  }

  private void fill(MountRequest.New mount, Slot mounted) {
    plan.because("copy what is below it into " + mount.target(), mount.option());
    copies.copyTo(
        mounted, MountParameters.hasOwner(mount) ? CopyPlanner.Top.KEPT : CopyPlanner.Top.COPIED);
    if ((mount.attributes().value() & RDONLY.value()) != 0) {
      changes.apply(mounted, MountChange.set(RDONLY), MountChange.NONE);
    }
  }

  /// Fills a new volume with what the image has at its place.
  private void fill(MountRequest.Bind mount) {
    plan.because("copy what the image has at " + mount.target() + " into it", mount.option());
    copies.takeSource(places.locate(mount.target(), mount.kind()));
    Slot volume = new Slot("volumefd");
    plan.call(
        volume, Syscall.OPENAT, AT_FDCWD, text(mount.source()), or(Abi.O_RDONLY, Abi.O_CLOEXEC));
    copies.copyTo(volume, CopyPlanner.Top.COPIED);
    int slash = mount.source().lastIndexOf('/');
    String marker =
        mount.source().substring(0, slash) + "/." + mount.source().substring(slash + 1) + ".new";
    plan.tolerate(Errno.ENOENT, Syscall.UNLINKAT, AT_FDCWD, text(marker), ZERO);
  }

  /// Tells whether other mounts may show the same superblock: with mount(2), `ro` would be the
  /// superblock's, not the mount's.
  private static boolean isSharedByNature(MountRequest.New mount) {
    return mount.type().equals("proc")
        || mount.type().equals("sysfs")
        || mount.type().equals("cgroup2");
  }

  private boolean hasConsole(MountRequest.New mount) {
    return mount.type().equals("devpts") && request.terminal() == RootfsRequest.Terminal.CONSOLE;
  }

  /// Tells whether a later step names something inside the mount.
  private boolean isNeeded(MountRequest.New mount) {
    String inside = mount.target() + "/";
    for (MountRequest other : request.mounts()) {
      if (other.target().startsWith(inside)) {
        return true;
      }
    }
    for (ProtectedPath path : request.readonly()) {
      if (path.path().equals(mount.target())) {
        return true;
      }
    }
    return mount.target().equals("/dev") || hasConsole(mount);
  }

  private void mountInContext(MountRequest.New mount, Slot mounted) {
    FilesystemContext context = new FilesystemContext(plan, mount.type());
    for (Parameter parameter : mount.parameters()) {
      if (MountFlags.isNoParameter(parameter)) {
        continue;
      }
      if (parameter.value().isEmpty()) {
        context.set(parameter.key());
      } else {
        context.set(parameter.key(), parameter.value());
      }
    }
    boolean proc = mount.type().equals("proc") && mount.target().equals("/proc");
    List<ProtectedPath> readonly = proc ? readonlyBelowProc() : List.of();
    // Clones of a read-only mount are read-only: one mount_setattr(2) serves all read-only paths of
    // /proc, instead of one for each.
    context.mount(
        mounted,
        readonly.isEmpty()
            ? mount.attributes()
            : MountFlags.attributes(RDONLY.value() | mount.attributes().value()));
    places.attach(mounted, places.locate(mount));
    places.forget(mount.target());
    places.put(mount, mounted);
    if (!readonly.isEmpty()) {
      protectProc(mounted, readonly);
    }
  }

  private List<ProtectedPath> readonlyBelowProc() {
    List<ProtectedPath> below = new ArrayList<>();
    for (ProtectedPath path : request.readonly()) {
      if (path.path().startsWith("/proc/")) {
        below.add(path);
      }
    }
    return below;
  }

  private void protectProc(Slot proc, List<ProtectedPath> readonly) {
    List<Slot> clones = new ArrayList<>();
    for (ProtectedPath path : readonly) {
      plan.because("make " + path.path() + " read-only", path.option());
      Slot clone = new Slot("read-only " + path.path());
      plan.call(
          clone,
          Syscall.OPEN_TREE,
          value(proc),
          text(path.path().substring("/proc/".length())),
          or(OPEN_TREE_CLONE, OPEN_TREE_CLOEXEC));
      clones.add(clone);
    }
    plan.because("let the rest of /proc be written to");
    changes.apply(proc, new MountChange(ZERO, RDONLY, ZERO), MountChange.NONE);
    for (int i = 0; i < clones.size(); i++) {
      ProtectedPath path = readonly.get(i);
      plan.because("make " + path.path() + " read-only", path.option());
      masks.move(clones.get(i), proc, path.path().substring("/proc/".length()));
    }
  }

  private void mountBind(MountRequest.Bind mount) {
    if (mount.filling() == Filling.COPIED) {
      fill(mount);
    }
    plan.because("bind " + mount.source() + " to " + mount.target(), mount.option());
    if (isInView()) {
      // Shared with its source, what is mounted below would be unmounted there with this.
      take(mount, SOURCE);
      changes.apply(
          SOURCE, mount.change().withPropagation(ZERO), mount.below().withPropagation(MS_PRIVATE));
      places.attach(SOURCE, places.locate(mount.target(), mount.kind()));
    } else if (mount.change().isNothingForPrivate() && mount.below().isNothingForPrivate()) {
      // The source is private already: all of this mount namespace is.
      boolean recursive = mount.depth() == Depth.RECURSIVE;
      Num flags = recursive ? or(MountFlags.MS_BIND, MountFlags.MS_REC) : MountFlags.MS_BIND;
      places.locate(mount.target(), mount.kind()).mount(plan, mount.source(), "", flags, "");
    } else {
      Slot source = isTied(mount) ? tied(mount) : SOURCE;
      if (!isTied(mount)) {
        take(mount, source);
      }
      if (isTied(mount)) {
        changes.apply(source, mount.change(), mount.below());
      } else {
        // It is private already.
        MountChange below = mount.below().withPropagation(ZERO);
        changes.apply(source, mount.change().withPropagation(ZERO), below);
      }
      places.attach(source, places.locate(mount.target(), mount.kind()));
    }
    places.forget(mount.target());
  }

  private void mountHanded(MountRequest.Handed mount) {
    plan.because("bind " + mount.mount().path() + " to " + mount.target(), mount.option());
    places.attach(mount.mount().slot(), places.locate(mount.target(), mount.kind()));
    places.forget(mount.target());
  }

  private void mountAgain(MountRequest.Again mount) {
    plan.because("change the mount on " + mount.target(), mount.option());
    Num flags = MountFlags.of(mount.attributes(), mount.parameters());
    Num kind =
        mount.extent() == MountRequest.Extent.MOUNT
            ? or(MountFlags.MS_REMOUNT, MountFlags.MS_BIND)
            : MountFlags.MS_REMOUNT;
    Num all = flags.value() == 0 ? kind : or(kind, flags);
    String data = MountParameters.data(mount.parameters());
    places.locate(mount.target(), Kind.DIRECTORY).mount(plan, "", "", all, data);
  }

  private void mountLayered(MountRequest.Layered mount) {
    plan.because("put a writable layer over " + mount.lower(), mount.option());
    String options =
        "lowerdir="
            + RootfsPlanner.escape(mount.lower())
            + ",upperdir="
            + RootfsPlanner.escape(mount.upper())
            + ",workdir="
            + RootfsPlanner.escape(mount.work())
            + ",userxattr";
    Num flags =
        mount.access() == RootfsRequest.Access.READ_ONLY
            ? new Num(5, "MS_RDONLY|MS_NODEV")
            : new Num(4, "MS_NODEV");
    places.locate(mount.target(), Kind.DIRECTORY).mount(plan, "overlay", "overlay", flags, options);
    places.forget(mount.target());
  }
}
