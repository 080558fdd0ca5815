package dev.brig.runtime.attack;

import static dev.brig.namespaces.Abi.AT_FDCWD;
import static dev.brig.namespaces.Abi.O_NONBLOCK;
import static dev.brig.namespaces.Abi.O_RDONLY;
import static dev.brig.namespaces.Abi.ZERO;
import static dev.brig.namespaces.Abi.num;
import static dev.brig.namespaces.Abi.or;
import static dev.brig.namespaces.Abi.text;
import static dev.brig.namespaces.Abi.value;

import dev.brig.linux.Device;
import dev.brig.linux.Errno;
import dev.brig.linux.Syscall;
import dev.brig.plan.Condition;
import dev.brig.plan.Label;
import dev.brig.plan.OnError;
import dev.brig.plan.Op;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.Plan;
import dev.brig.plan.PlanBuilder;
import dev.brig.plan.Slot;
import java.util.EnumSet;
import java.util.List;

/// Devices of the machine: made as nodes, opened to read, and removed.
final class DeviceAttacks {
  private static final int BLOCK = 0060600;
  private static final int CHARACTER = 0020600;
  // The root may ignore devices, and /dev may not.
  private static final List<String> PLACES =
      List.of("/.brig-attack.node", "/dev/.brig-attack.node");
  private static final String ANSWER = "no CAP_MKNOD; device cgroup";

  static final List<Attack> ALL =
      List.of(
          new Attack(
              "disk",
              "make a node for a disk of the host and read it",
              ANSWER,
              s -> {
                if (s.facts().disk() == 0) {
                  s.undecided("no disk is known here");
                }
                open(s, BLOCK, new Num(s.facts().disk(), "makedev(host's disk)"));
              }),
          new Attack(
              "dev-mem",
              "make a node for physical memory and open it",
              ANSWER,
              s -> open(s, CHARACTER, new Num(new Device(1, 1).number(), "makedev(1, 1)"))),
          new Attack(
              "dev-kmsg",
              "make a node for the kernel's log and open it",
              ANSWER,
              s -> open(s, CHARACTER, new Num(new Device(1, 11).number(), "makedev(1, 11)"))),
          new Attack(
              "tiocsti",
              "type into the terminal that brig was started on",
              "session of its own; seccomp",
              DeviceAttacks::type));

  private DeviceAttacks() {}

  private static void open(AttackSteps s, int mode, Num device) {
    PlanBuilder plan = s.plan();
    Label opened = plan.label("opened");
    Label none = plan.label("no such device");
    Slot node = new Slot("made");
    Slot fd = new Slot("fd");
    Num bits = new Num(mode, mode == BLOCK ? "S_IFBLK|0600" : "S_IFCHR|0600");
    for (String path : PLACES) {
      Label next = plan.label("elsewhere");
      plan.attempt(node, Syscall.MKNODAT, AT_FDCWD, text(path), bits, device);
      plan.add(new Op.Assign(Plan.FAILED_STEP, num(plan.latestCall())));
      plan.add(new Op.Assign(fd, value(node)));
      plan.branch(node, Condition.LESS, 0, next);
      plan.attempt(fd, Syscall.OPENAT, AT_FDCWD, text(path), or(O_RDONLY, O_NONBLOCK));
      plan.add(new Op.Assign(Plan.FAILED_STEP, num(plan.latestCall())));
      plan.attempt(Syscall.UNLINKAT, AT_FDCWD, text(path), ZERO);
      plan.branch(fd, Condition.AT_LEAST, 0, opened);
      plan.branch(fd, Condition.EQUAL, -Errno.ENXIO.number(), none);
      plan.branch(fd, Condition.EQUAL, -Errno.ENODEV.number(), none);
      plan.mark(next);
    }
    s.refused(fd);
    plan.mark(opened);
    s.through("the node could be made and opened to read");
    plan.mark(none);
    s.lacking("such device");
  }

  private static void type(AttackSteps s) {
    PlanBuilder plan = s.plan();
    Slot terminal =
        s.call(new Slot("terminal"), Syscall.OPENAT, AT_FDCWD, text("/dev/tty"), num(2));
    // The kernel reads the character only after it has decided who may type; tty_ioctl(4).
    plan.call(
        Slot.UNUSED,
        new OnError.Tolerate(EnumSet.of(Errno.EFAULT)),
        Syscall.IOCTL,
        value(terminal),
        new Num(0x5412, "TIOCSTI"),
        ZERO);
    s.through("it may type into its controlling terminal");
  }
}
