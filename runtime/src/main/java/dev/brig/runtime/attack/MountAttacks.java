package dev.brig.runtime.attack;

import static dev.brig.namespaces.Abi.AT_FDCWD;
import static dev.brig.namespaces.Abi.FSOPEN_CLOEXEC;
import static dev.brig.namespaces.Abi.NULL;
import static dev.brig.namespaces.Abi.OPEN_TREE_CLONE;
import static dev.brig.namespaces.Abi.ZERO;
import static dev.brig.namespaces.Abi.text;

import dev.brig.linux.Errno;
import dev.brig.linux.Syscall;
import dev.brig.plan.Operand.Num;
import java.util.EnumSet;
import java.util.List;

/// Attempts to change what is mounted.
final class MountAttacks {
  private static final Num CLONE_NEWNS = new Num(0x20000, "CLONE_NEWNS");
  private static final Num MNT_EXPIRE = new Num(4, "MNT_EXPIRE");
  private static final String MASKED = "/proc/keys";
  private static final String ANSWER = "no CAP_SYS_ADMIN; seccomp";

  static final List<Attack> ALL =
      List.of(
          new Attack(
              "mount",
              "mount a file system",
              ANSWER,
              s -> {
                // The kernel looks for the type after it has decided who may mount.
                s.probe(
                    Errno.ENODEV,
                    Syscall.MOUNT,
                    text("none"),
                    text("/"),
                    text("brig-no-such-type"),
                    ZERO,
                    NULL);
                s.through("it may mount: only the file system's type was refused");
              }),
          new Attack(
              "fsopen",
              "make a file system by the newer calls",
              ANSWER,
              s -> {
                s.call(Syscall.FSOPEN, text("tmpfs"), FSOPEN_CLOEXEC);
                s.through("fsopen gave it a file system to mount");
              }),
          new Attack(
              "open-tree",
              "copy a mount by the newer calls",
              ANSWER,
              s -> {
                s.call(Syscall.OPEN_TREE, AT_FDCWD, text("/"), OPEN_TREE_CLONE);
                s.through("open_tree gave it a copy of the mount of /");
              }),
          new Attack("unmask", "unmount what hides /proc/keys", ANSWER, MountAttacks::unmask),
          new Attack(
              "pivot-root",
              "put another directory in the place of /",
              ANSWER,
              s -> {
                s.probe(Errno.ENOENT, Syscall.PIVOT_ROOT, text("/"), text("/.brig-no-such-place"));
                s.through("it may: only the place for the old root was missing");
              }),
          new Attack(
              "mount-namespace",
              "make a mount namespace, to mount in it",
              ANSWER,
              s -> {
                s.call(Syscall.UNSHARE, CLONE_NEWNS);
                s.through("it has a mount namespace of its own now");
              }));

  private MountAttacks() {}

  private static void unmask(AttackSteps s) {
    // With MNT_EXPIRE the first call only marks a mount: EAGAIN; umount(2).
    s.probe(
        EnumSet.of(Errno.EAGAIN, Errno.EBUSY, Errno.EINVAL),
        Syscall.UMOUNT2,
        text(MASKED),
        MNT_EXPIRE);
    s.through("it may unmount, there or elsewhere");
  }
}
