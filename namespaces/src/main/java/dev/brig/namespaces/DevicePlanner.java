package dev.brig.namespaces;

import static dev.brig.namespaces.Abi.AT_FDCWD;
import static dev.brig.namespaces.Abi.MOVE_MOUNT_F_EMPTY_PATH;
import static dev.brig.namespaces.Abi.OPEN_TREE_CLOEXEC;
import static dev.brig.namespaces.Abi.OPEN_TREE_CLONE;
import static dev.brig.namespaces.Abi.at;
import static dev.brig.namespaces.Abi.mode;
import static dev.brig.namespaces.Abi.num;
import static dev.brig.namespaces.Abi.or;
import static dev.brig.namespaces.Abi.text;
import static dev.brig.namespaces.Abi.value;

import dev.brig.linux.Errno;
import dev.brig.linux.Syscall;
import dev.brig.plan.Arithmetic;
import dev.brig.plan.Buffer;
import dev.brig.plan.Condition;
import dev.brig.plan.Label;
import dev.brig.plan.OnError;
import dev.brig.plan.Op;
import dev.brig.plan.Operand;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.PlanBuilder;
import dev.brig.plan.Slot;
import java.util.EnumSet;

/// Fills a new /dev: devices and the links that programs expect, runtime-spec
/// config-linux.md#default-devices and #dev-symbolic-links.
final class DevicePlanner {
  private static final String[][] LINKS = {
    {"/proc/self/fd", "fd"},
    {"/proc/self/fd/0", "stdin"},
    {"/proc/self/fd/1", "stdout"},
    {"/proc/self/fd/2", "stderr"},
    {"pts/ptmx", "ptmx"},
  };

  private static final long S_IFMT = 0xf000;
  private static final Num NOFOLLOW = new Num(0x100, "AT_SYMLINK_NOFOLLOW");
  // As strace writes the flags of statx(2), whose zero has a name.
  private static final Num OF_LINK = new Num(0x100, "AT_STATX_SYNC_AS_STAT|AT_SYMLINK_NOFOLLOW");
  private static final Num BASIC = new Num(0x7ff, "STATX_BASIC_STATS");
  private static final Buffer STATX = new Buffer("statx", 256);
  private static final Slot FIELD = new Slot("statx field");

  private final PlanBuilder plan;
  private final RootfsRequest request;
  private final Slot dev;
  private final TargetPlanner targets;
  private final Content content;

  /// Makes a planner for a /dev.
  ///
  /// @param dev its descriptor
  /// @param content what is in it
  DevicePlanner(PlanBuilder plan, RootfsRequest request, Slot dev, Content content) {
    this.plan = plan;
    this.request = request;
    this.targets = new TargetPlanner(plan);
    this.dev = dev;
    this.content = content;
  }

  /// What a /dev holds before it is filled.
  enum Content {
    /// It is a filesystem that was just mounted.
    NOTHING,
    /// What an image put there, and it stays: links that lead out of the root, if a path went
    /// through them (CVE-2026-41579).
    SOME
  }

  void fill() {
    for (DeviceNode device : request.devices()) {
      if (device.path().startsWith("/dev/")) {
        plan.because("make " + device.path(), device.option());
        make(device, place(device.path()));
      }
    }
    OnError onPresent =
        switch (content) {
          case NOTHING -> new OnError.Abort();
          case SOME -> new OnError.Tolerate(EnumSet.of(Errno.EEXIST));
        };
    for (String[] link : LINKS) {
      plan.because("link /dev/" + link[1] + " to " + link[0]);
      plan.call(
          Slot.UNUSED, onPresent, Syscall.SYMLINKAT, text(link[0]), value(dev), text(link[1]));
    }
  }

  /// Returns the directory that a device goes into, which is made, and its name there.
  private Place place(String path) {
    String below = below(path);
    int slash = below.lastIndexOf('/');
    if (slash < 0) {
      return new Place(dev, below);
    }
    if (content == Content.SOME) {
      targets.open(path.substring(0, path.lastIndexOf('/')), MountRequest.Kind.DIRECTORY);
      targets.refuseProc();
      return new Place(TargetPlanner.TARGET, below.substring(slash + 1));
    }
    for (int i = below.indexOf('/'); i > 0; i = below.indexOf('/', i + 1)) {
      Operand parent = text(below.substring(0, i));
      plan.tolerate(Errno.EEXIST, Syscall.MKDIRAT, value(dev), parent, mode(0755));
    }
    return new Place(dev, below);
  }

  /// Appends the steps that make a device.
  ///
  /// @param place a directory, and the device's name in it
  void make(DeviceNode device, Place place) {
    // Anybody may make a named pipe.
    boolean bound =
        request.nodes() == RootfsRequest.Nodes.BOUND && device.type() != DeviceNode.S_IFIFO;
    if (bound) {
      bind(device, place);
    } else {
      makeNode(device, place);
    }
  }

  private void makeNode(DeviceNode device, Place place) {
    Label there = plan.label(device.path() + " is there");
    Label done = plan.label(device.path() + " is made");
    switch (content) {
      case NOTHING -> makeNode(device, place, new OnError.Abort());
      case SOME -> makeNode(device, place, new OnError.Divert(EnumSet.of(Errno.EEXIST), there));
    }
    if (device.uid() != 0 || device.gid() != 0) {
      Num uid = num(device.uid());
      Num gid = num(device.gid());
      Operand name = text(place.name());
      plan.call(Syscall.FCHOWNAT, value(place.directory()), name, uid, gid, NOFOLLOW);
    }
    if (content == Content.SOME) {
      plan.jump(done);
      plan.mark(there);
      compare(device, place, done);
      // config-linux.md#devices: what is there and isn't the device is an error.
      makeNode(device, place, new OnError.Abort());
      plan.mark(done);
    }
  }

  private void makeNode(DeviceNode device, Place place, OnError onError) {
    String type =
        switch (device.type()) {
          case DeviceNode.S_IFCHR -> "S_IFCHR";
          case DeviceNode.S_IFBLK -> "S_IFBLK";
          default -> "S_IFIFO";
        };
    String bits = "0" + Integer.toOctalString(device.mode());
    String makedev =
        "makedev(0x"
            + Integer.toHexString(device.major())
            + ", "
            + (device.minor() == 0 ? "0" : "0x" + Integer.toHexString(device.minor()))
            + ")";
    plan.call(
        Slot.UNUSED,
        onError,
        Syscall.MKNODAT,
        value(place.directory()),
        text(place.name()),
        new Num(device.type() | device.mode(), type + "|" + bits),
        new Num(device.number(), makedev));
  }

  /// Appends the steps that go to a label if the device is there: the device itself, no link to
  /// one.
  private void compare(DeviceNode device, Place place, Label same) {
    Label other = plan.label("not " + device.path());
    Operand name = text(place.name());
    plan.call(Syscall.STATX, value(place.directory()), name, OF_LINK, BASIC, at(STATX));
    plan.load(FIELD, STATX, 28, 2);
    plan.add(new Op.Compute(FIELD, FIELD, Arithmetic.AND, num(S_IFMT)));
    plan.branch(FIELD, Condition.NOT_EQUAL, device.type(), other);
    plan.load(FIELD, STATX, 128, 4);
    plan.branch(FIELD, Condition.NOT_EQUAL, device.major(), other);
    plan.load(FIELD, STATX, 132, 4);
    plan.branch(FIELD, Condition.EQUAL, device.minor(), same);
    plan.mark(other);
  }

  private void bind(DeviceNode device, Place place) {
    Operand name = text(place.name());
    OnError onPresent =
        switch (content) {
          case NOTHING -> new OnError.Abort();
          case SOME -> new OnError.Tolerate(EnumSet.of(Errno.EEXIST));
        };
    plan.call(
        Slot.UNUSED,
        onPresent,
        Syscall.MKNODAT,
        value(place.directory()),
        name,
        TargetPlanner.regularFile());
    Slot source = new Slot("devicefd");
    plan.call(
        source,
        Syscall.OPEN_TREE,
        AT_FDCWD,
        text(device.hostPath()),
        or(OPEN_TREE_CLONE, OPEN_TREE_CLOEXEC));
    plan.call(
        Syscall.MOVE_MOUNT,
        value(source),
        text(""),
        value(place.directory()),
        name,
        MOVE_MOUNT_F_EMPTY_PATH);
  }

  private static String below(String path) {
    return path.substring("/dev/".length());
  }
}
