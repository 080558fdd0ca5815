package dev.brig.runtime.attack;

import static dev.brig.namespaces.Abi.AT_FDCWD;
import static dev.brig.namespaces.Abi.O_RDONLY;
import static dev.brig.namespaces.Abi.O_WRONLY;
import static dev.brig.namespaces.Abi.ZERO;
import static dev.brig.namespaces.Abi.at;
import static dev.brig.namespaces.Abi.mountAttr;
import static dev.brig.namespaces.Abi.num;
import static dev.brig.namespaces.Abi.text;
import static dev.brig.namespaces.Abi.value;

import dev.brig.linux.Capability;
import dev.brig.linux.Syscall;
import dev.brig.plan.Arithmetic;
import dev.brig.plan.Buffer;
import dev.brig.plan.Condition;
import dev.brig.plan.Label;
import dev.brig.plan.Op;
import dev.brig.plan.Operand.Data;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.PlanBuilder;
import dev.brig.plan.Slot;
import java.util.List;

/// Processes outside, other namespaces, and more rights than were given.
final class ProcessAttacks {
  // Numbers this low may stand for processes inside.
  private static final int PID_MIN = 100;
  private static final Num NAMESPACES = new Num(0x10020000, "CLONE_NEWUSER|CLONE_NEWNS");
  private static final Num PTRACE_SEIZE = new Num(0x4206, "PTRACE_SEIZE");
  private static final Buffer CAPABILITIES = new Buffer("capabilities", 24);
  private static final String PIDS = "pid namespace";

  static final List<Attack> ALL =
      List.of(
          new Attack(
              "kill",
              "send a signal to a process of the host",
              PIDS,
              s -> {
                requirePid(s);
                // Signal 0 only asks; kill(2).
                s.call(Syscall.KILL, num(s.facts().pid()), ZERO);
                s.through("it may send signals to a process of the host; none was sent");
              }),
          new Attack(
              "pidfd",
              "get hold of a process of the host",
              PIDS,
              s -> {
                requirePid(s);
                s.call(Syscall.PIDFD_OPEN, num(s.facts().pid()), ZERO);
                s.through("a descriptor stands for a process of the host");
              }),
          new Attack(
              "ptrace",
              "trace a process of the host",
              PIDS + "; no CAP_SYS_PTRACE",
              s -> {
                requirePid(s);
                // Seizing does not stop it, and ends with this process; ptrace(2).
                s.call(Syscall.PTRACE, PTRACE_SEIZE, num(s.facts().pid()), ZERO, ZERO);
                s.through("a process of the host was traced");
              }),
          new Attack(
              "setns",
              "join the namespaces of pid 1",
              PIDS + "; no CAP_SYS_ADMIN; seccomp",
              s -> {
                Slot namespace =
                    s.call(
                        new Slot("nsfd"),
                        Syscall.OPENAT,
                        AT_FDCWD,
                        text("/proc/1/ns/mnt"),
                        O_RDONLY);
                s.call(Syscall.SETNS, value(namespace), new Num(0x20000, "CLONE_NEWNS"));
                s.judgeRoot("/", "pid 1 is the container's own, and so are its namespaces");
              }),
          new Attack(
              "user-namespace",
              "lift masks as root of a user namespace of its own",
              "locked mounts",
              ProcessAttacks::userNamespace),
          new Attack(
              "capabilities",
              "take CAP_SYS_ADMIN",
              "bounded capability sets",
              ProcessAttacks::takeCapability));

  private ProcessAttacks() {}

  private static void requirePid(AttackSteps s) {
    if (s.facts().pid() < PID_MIN && s.facts().host().isEmpty()) {
      s.undecided("brig's own process has a number that one inside may have, too");
    }
  }

  /// Whoever makes a user namespace has all capabilities in it. What counts is what it can do with
  /// them to what the container was given; mount_namespaces(7), user_namespaces(7).
  private static void userNamespace(AttackSteps s) {
    PlanBuilder plan = s.plan();
    Label lifted = plan.label("lifted");
    Slot result = new Slot("lifted");
    s.call(Syscall.UNSHARE, NAMESPACES);
    plan.attempt(result, Syscall.UMOUNT2, text("/proc/keys"), new Num(2, "MNT_DETACH"));
    plan.branch(result, Condition.EQUAL, 0, lifted);
    plan.attempt(
        result,
        Syscall.MOUNT_SETATTR,
        AT_FDCWD,
        text("/proc/sys"),
        ZERO,
        mountAttr(ZERO, new Num(1, "MOUNT_ATTR_RDONLY"), ZERO),
        num(32));
    plan.branch(result, Condition.EQUAL, 0, lifted);
    plan.attempt(result, Syscall.OPENAT, AT_FDCWD, text("/proc/sys/kernel/core_pattern"), O_WRONLY);
    plan.branch(result, Condition.AT_LEAST, 0, lifted);
    s.held("it is root of a user namespace there, but what is masked stays masked");
    plan.mark(lifted);
    s.through("root of a user namespace can lift what the container was given masked");
  }

  private static void takeCapability(AttackSteps s) {
    PlanBuilder plan = s.plan();
    // struct __user_cap_header_struct: _LINUX_CAPABILITY_VERSION_3, the caller; capget(2).
    Data header = new Data(new byte[] {0x22, 0x05, 0x08, 0x20, 0, 0, 0, 0}, "{version=3, pid=0}");
    Slot set = new Slot("set");
    long bit = 1L << Capability.CAP_SYS_ADMIN.number();
    s.call(Syscall.CAPGET, header, at(CAPABILITIES));
    for (int field : new int[] {0, 4}) {
      plan.load(set, CAPABILITIES, field, 4);
      plan.add(new Op.Compute(set, set, Arithmetic.OR, new Num(bit)));
      plan.add(new Op.Store(set, CAPABILITIES, field, 4));
    }
    s.call(Syscall.CAPSET, header, at(CAPABILITIES));
    s.through("it has CAP_SYS_ADMIN");
  }
}
