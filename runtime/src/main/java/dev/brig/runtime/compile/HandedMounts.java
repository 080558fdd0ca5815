package dev.brig.runtime.compile;

import static dev.brig.namespaces.Abi.AT_FDCWD;
import static dev.brig.namespaces.Abi.AT_RECURSIVE;
import static dev.brig.namespaces.Abi.NULL;
import static dev.brig.namespaces.Abi.OPEN_TREE_CLOEXEC;
import static dev.brig.namespaces.Abi.OPEN_TREE_CLONE;
import static dev.brig.namespaces.Abi.O_CLOEXEC;
import static dev.brig.namespaces.Abi.O_RDONLY;
import static dev.brig.namespaces.Abi.ZERO;
import static dev.brig.namespaces.Abi.at;
import static dev.brig.namespaces.Abi.num;
import static dev.brig.namespaces.Abi.or;
import static dev.brig.namespaces.Abi.text;
import static dev.brig.namespaces.Abi.value;

import dev.brig.linux.Errno;
import dev.brig.linux.Syscall;
import dev.brig.namespaces.ChangePlanner;
import dev.brig.namespaces.HandedMount;
import dev.brig.namespaces.HandedMount.Ids;
import dev.brig.namespaces.HandedRootPlanner;
import dev.brig.namespaces.MountRequest;
import dev.brig.namespaces.MountRequest.Depth;
import dev.brig.namespaces.Rootfs;
import dev.brig.namespaces.RootfsRequest;
import dev.brig.plan.Buffer;
import dev.brig.plan.Condition;
import dev.brig.plan.Label;
import dev.brig.plan.Operand;
import dev.brig.plan.Operand.Field;
import dev.brig.plan.Operand.Format;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.Operand.Struct;
import dev.brig.plan.PlanBuilder;
import dev.brig.plan.Slot;
import java.util.ArrayList;
import java.util.List;

/// Makes the steps by which the supervisor, which is root of the host, makes mounts for a container
/// with a user namespace of its own, and hands them over:
///
/// ```
///   supervisor                                    container
///   open_tree, mount_setattr(MOUNT_ATTR_IDMAP)    waits
///   "g" ────────────────────────────────────────▶ goes on
///   one byte, descriptors ──────────────────────▶ becomes root of its namespace, move_mount
/// ```
final class HandedMounts {
  /// The kernel passes 253 descriptors in a message; unix(7).
  private static final int MESSAGE_MAX = 250;

  private static final int CONTROL_HEADER_BYTES = 16;
  private static final Slot USERNS = new Slot("usernsfd");

  private final PlanBuilder plan;
  private final RootfsRequest request;
  private final Isolation isolation;
  private final List<HandedMount> mounts;

  HandedMounts(PlanBuilder plan, Launch launch) {
    this.plan = plan;
    this.request = launch.rootfs();
    this.isolation = launch.isolation();
    this.mounts = of(launch.rootfs());
  }

  /// Returns the mounts that are handed over, in their order.
  private static List<HandedMount> of(RootfsRequest request) {
    List<HandedMount> mounts = new ArrayList<>();
    if (request.rootfs() instanceof Rootfs.Handed root) {
      mounts.addAll(root.lowers());
      mounts.add(root.directory());
    }
    for (MountRequest mount : request.mounts()) {
      if (mount instanceof MountRequest.Handed handed) {
        mounts.add(handed.mount());
      }
    }
    return mounts;
  }

  /// Appends the supervisor's steps that make the mounts with ids of their own, and those with the
  /// ids of a user namespace that it is about to join, where it will have no right to.
  void makeBeforeJoining() {
    for (HandedMount mount : mounts) {
      if (mount.ids() instanceof Ids.Own own) {
        makeWithOwn(mount, own);
      } else if (isolation.joins(Isolation.CLONE_NEWUSER)) {
        make(mount, NamespaceSteps.userNamespace(isolation));
      }
    }
  }

  /// A mapping is the kernel's only as that of a user namespace: one is made for it, by a process
  /// that is there for nothing else.
  private void makeWithOwn(HandedMount mount, Ids.Own own) {
    plan.because("make a user namespace with the ids of " + mount.path(), mount.option());
    Slot holder = new Slot("holder pid");
    Label hold = plan.label("hold the ids of " + mount.path());
    Label made = plan.label("have the ids of " + mount.path());
    Num flags = new Num(Isolation.CLONE_NEWUSER | Names.SIGCHLD, "CLONE_NEWUSER|SIGCHLD");
    plan.call(holder, Syscall.CLONE, flags, NULL, NULL, NULL, NULL);
    plan.branch(holder, Condition.EQUAL, 0, hold);
    write(holder, "/uid_map", own.uidMap());
    write(holder, "/gid_map", own.gidMap());
    Format path = new Format(List.of(text("/proc/"), value(holder), text("/ns/user")));
    plan.call(USERNS, Syscall.OPENAT, AT_FDCWD, path, or(O_RDONLY, O_CLOEXEC));
    plan.call(Syscall.KILL, value(holder), Names.SIGKILL);
    Num byPid = new Num(1, "P_PID");
    plan.call(Syscall.WAITID, byPid, value(holder), NULL, Names.WEXITED, NULL);
    make(mount, USERNS);
    plan.call(Syscall.CLOSE, value(USERNS));
    plan.jump(made);
    plan.mark(hold);
    Num deathSignal = new Num(1, "PR_SET_PDEATHSIG");
    plan.attempt(Syscall.PRCTL, deathSignal, Names.SIGKILL, ZERO, ZERO, ZERO);
    plan.attempt(Syscall.PPOLL, NULL, ZERO, NULL, NULL, ZERO);
    ContainerPlanner.exitWith(plan, 127);
    plan.mark(made);
  }

  private void write(Slot pid, String file, String content) {
    Format path = new Format(List.of(text("/proc/"), value(pid), text(file)));
    FileSteps.write(plan, new Slot("mapfd"), path, content);
  }

  /// Appends the supervisor's steps that make the mounts with the ids of the container's new user
  /// namespace, which are mapped.
  void makeAfterMapping() {
    if (isolation.joins(Isolation.CLONE_NEWUSER) || !isAnyOfContainers()) {
      return;
    }
    plan.because("see the container's user namespace", "--userns");
    Format path = new Format(List.of(text("/proc/"), value(Names.PID), text("/ns/user")));
    plan.call(USERNS, Syscall.OPENAT, AT_FDCWD, path, or(O_RDONLY, O_CLOEXEC));
    for (HandedMount mount : mounts) {
      if (!(mount.ids() instanceof Ids.Own)) {
        make(mount, USERNS);
      }
    }
    plan.call(Syscall.CLOSE, value(USERNS));
  }

  private boolean isAnyOfContainers() {
    for (HandedMount mount : mounts) {
      if (!(mount.ids() instanceof Ids.Own)) {
        return true;
      }
    }
    return false;
  }

  private void make(HandedMount mount, Slot userns) {
    String how =
        switch (mount.ids()) {
          case Ids.Kept _ -> "";
          case Ids.Containers _ -> " with the container's ids";
          case Ids.Own _ -> " with these ids";
        };
    plan.because("take " + mount.path() + how, mount.option());
    Num cloning = or(OPEN_TREE_CLONE, OPEN_TREE_CLOEXEC);
    plan.call(
        mount.slot(),
        Syscall.OPEN_TREE,
        AT_FDCWD,
        text(mount.path()),
        mount.depth() == Depth.RECURSIVE ? or(cloning, AT_RECURSIVE) : cloning);
    ChangePlanner changes = new ChangePlanner(plan);
    if (mount.ids() instanceof Ids.Kept) {
      changes.apply(mount.slot(), mount.change(), mount.below());
    } else {
      changes.applyMapping(mount.slot(), mount.change(), mount.below(), mount.mapped(), userns);
    }
  }

  /// Appends the supervisor's steps that hand the mounts over, after the word to go on.
  void send() {
    for (List<HandedMount> part : parts()) {
      plan.because("hand the mounts to the container's half", "--userns");
      List<Field> fields = new ArrayList<>();
      fields.add(new Field("cmsg_len", 8, num(CONTROL_HEADER_BYTES + 4L * part.size())));
      fields.add(new Field("cmsg_level", 4, new Num(1, "SOL_SOCKET")));
      fields.add(new Field("cmsg_type", 4, new Num(1, "SCM_RIGHTS")));
      for (HandedMount mount : part) {
        fields.add(new Field("cmsg_data", 4, value(mount.slot())));
      }
      if (part.size() % 2 != 0) {
        fields.add(new Field("padding", 4, ZERO));
      }
      Operand control = new Operand.Address(new Struct(fields));
      Struct message = message(text("m"), control, controlBytes(part), ZERO);
      // EPIPE: the container's half has failed already; its message says at which step.
      plan.tolerate(Errno.EPIPE, Syscall.SENDMSG, value(Names.HOST_END), message, ZERO);
      for (HandedMount mount : part) {
        plan.call(Syscall.CLOSE, value(mount.slot()));
      }
    }
  }

  /// Appends the container's steps that take the mounts over: before it gives up the host's root's
  /// id, with which it can still reach the mount point.
  void receive() {
    if (request.rootfs() instanceof Rootfs.Handed) {
      new HandedRootPlanner(plan).keepMountPoint(request.mountPoint());
    }
    for (List<HandedMount> part : parts()) {
      plan.because("take the mounts over", "--userns");
      Buffer control = new Buffer("control of " + part.size() + " mounts", controlBytes(part));
      Struct message =
          message(at(Names.MESSAGE), at(control), controlBytes(part), new Num(0, "<flags>"));
      Label received = plan.label("mounts received");
      Num flags = new Num(0x40000000, "MSG_CMSG_CLOEXEC");
      plan.call(Names.COUNT, Syscall.RECVMSG, value(Names.CHILD_END), message, flags);
      plan.branch(Names.COUNT, Condition.EQUAL, 1, received);
      // The supervisor is gone.
      ContainerPlanner.exitWith(plan, 127);
      plan.mark(received);
      int offset = CONTROL_HEADER_BYTES;
      for (HandedMount mount : part) {
        plan.load(mount.slot(), control, offset, 4);
        offset += 4;
      }
    }
  }

  private List<List<HandedMount>> parts() {
    List<List<HandedMount>> parts = new ArrayList<>();
    for (int start = 0; start < mounts.size(); start += MESSAGE_MAX) {
      parts.add(mounts.subList(start, Math.min(mounts.size(), start + MESSAGE_MAX)));
    }
    return parts;
  }

  private static int controlBytes(List<HandedMount> part) {
    return CONTROL_HEADER_BYTES + (part.size() + 1) / 2 * 8;
  }

  private static Struct message(Operand base, Operand control, int controlBytes, Num flags) {
    Struct vector =
        new Struct(List.of(new Field("iov_base", 8, base), new Field("iov_len", 8, num(1))));
    return new Struct(
        List.of(
            new Field("msg_name", 8, NULL),
            new Field("msg_namelen", 8, ZERO),
            new Field("msg_iov", 8, new Operand.Address(vector)),
            new Field("msg_iovlen", 8, num(1)),
            new Field("msg_control", 8, control),
            new Field("msg_controllen", 8, num(controlBytes)),
            new Field("msg_flags", 8, flags)));
  }
}
