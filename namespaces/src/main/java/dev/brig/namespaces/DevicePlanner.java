package dev.brig.namespaces;

import static dev.brig.namespaces.Abi.AT_FDCWD;
import static dev.brig.namespaces.Abi.MOVE_MOUNT_F_EMPTY_PATH;
import static dev.brig.namespaces.Abi.OPEN_TREE_CLOEXEC;
import static dev.brig.namespaces.Abi.OPEN_TREE_CLONE;
import static dev.brig.namespaces.Abi.ZERO;
import static dev.brig.namespaces.Abi.mode;
import static dev.brig.namespaces.Abi.num;
import static dev.brig.namespaces.Abi.or;
import static dev.brig.namespaces.Abi.text;
import static dev.brig.namespaces.Abi.value;

import dev.brig.linux.Errno;
import dev.brig.linux.Syscall;
import dev.brig.plan.OnError;
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

  private final PlanBuilder plan;
  private final RootfsRequest request;
  private final Slot dev;
  private final OnError onPresent;

  /// Makes a planner for a /dev.
  ///
  /// @param dev its descriptor
  /// @param content what is in it
  DevicePlanner(PlanBuilder plan, RootfsRequest request, Slot dev, Content content) {
    this.plan = plan;
    this.request = request;
    this.dev = dev;
    this.onPresent =
        switch (content) {
          case NOTHING -> new OnError.Abort();
          case THE_ROOTS -> new OnError.Tolerate(EnumSet.of(Errno.EEXIST));
        };
  }

  /// What a /dev holds before it is filled.
  enum Content {
    /// It is a filesystem that was just mounted.
    NOTHING,
    /// It is a directory of the root, and what is in it stays.
    THE_ROOTS
  }

  void fill() {
    for (DeviceNode device : request.devices()) {
      if (device.path().startsWith("/dev/")) {
        plan.because("make " + device.path(), device.option());
        makeParents(device.path());
        make(device, below(device.path()));
      }
    }
    for (String[] link : LINKS) {
      plan.because("link /dev/" + link[1] + " to " + link[0]);
      call(Syscall.SYMLINKAT, text(link[0]), value(dev), text(link[1]));
    }
  }

  private void call(Syscall syscall, Operand... arguments) {
    plan.call(new Slot("unused"), onPresent, syscall, arguments);
  }

  private void makeParents(String path) {
    String below = below(path);
    for (int slash = below.indexOf('/'); slash > 0; slash = below.indexOf('/', slash + 1)) {
      Operand parent = text(below.substring(0, slash));
      plan.tolerate(Errno.EEXIST, Syscall.MKDIRAT, value(dev), parent, mode(0755));
    }
  }

  /// Appends the steps that make a device.
  ///
  /// @param below its path below the directory
  void make(DeviceNode device, String below) {
    // Anybody may make a named pipe.
    boolean bound =
        request.nodes() == RootfsRequest.Nodes.BOUND && device.type() != DeviceNode.S_IFIFO;
    if (bound) {
      bind(device, text(below));
    } else {
      makeNode(device, text(below));
    }
  }

  private void makeNode(DeviceNode device, Operand name) {
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
    call(
        Syscall.MKNODAT,
        value(dev),
        name,
        new Num(device.type() | device.mode(), type + "|" + bits),
        new Num(device.number(), makedev));
    if (device.uid() != 0 || device.gid() != 0) {
      Num uid = num(device.uid());
      Num gid = num(device.gid());
      plan.call(Syscall.FCHOWNAT, value(dev), name, uid, gid, ZERO);
    }
  }

  private void bind(DeviceNode device, Operand name) {
    call(Syscall.MKNODAT, value(dev), name, TargetPlanner.regularFile());
    Slot source = new Slot("devicefd");
    plan.call(
        source,
        Syscall.OPEN_TREE,
        AT_FDCWD,
        text(device.hostPath()),
        or(OPEN_TREE_CLONE, OPEN_TREE_CLOEXEC));
    plan.call(
        Syscall.MOVE_MOUNT, value(source), text(""), value(dev), name, MOVE_MOUNT_F_EMPTY_PATH);
  }

  private static String below(String path) {
    return path.substring("/dev/".length());
  }
}
