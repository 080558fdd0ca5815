package dev.brig.runtime.compile;

import static dev.brig.namespaces.Abi.AT_FDCWD;
import static dev.brig.namespaces.Abi.NULL;
import static dev.brig.namespaces.Abi.O_CLOEXEC;
import static dev.brig.namespaces.Abi.O_RDONLY;
import static dev.brig.namespaces.Abi.at;
import static dev.brig.namespaces.Abi.num;
import static dev.brig.namespaces.Abi.or;
import static dev.brig.namespaces.Abi.text;
import static dev.brig.namespaces.Abi.value;

import dev.brig.linux.Errno;
import dev.brig.linux.Syscall;
import dev.brig.namespaces.ProcessRequest.Setgroups;
import dev.brig.namespaces.Rootfs;
import dev.brig.plan.Condition;
import dev.brig.plan.Label;
import dev.brig.plan.Op;
import dev.brig.plan.Operand;
import dev.brig.plan.Operand.Format;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.Plan;
import dev.brig.plan.PlanBuilder;
import dev.brig.plan.Slot;
import java.util.ArrayList;
import java.util.List;

/// Makes the steps that join existing namespaces and map ids into a new user namespace.
final class NamespaceSteps {
  private final PlanBuilder plan;
  private final Isolation isolation;
  private final Rights rights;

  /// What gives the right to join namespaces.
  enum Rights {
    /// A user namespace that is joined: it comes before all others that it owns.
    OF_USER_NAMESPACE,
    /// The host's root's own: it is lost with the change of the user namespace, which comes last.
    OF_HOST
  }

  NamespaceSteps(PlanBuilder plan, Isolation isolation, Rights rights) {
    this.plan = plan;
    this.isolation = isolation;
    this.rights = rights;
  }

  /// Makes the steps for a launch.
  static NamespaceSteps of(PlanBuilder plan, Launch launch) {
    boolean handed = launch.rootfs().rootfs() instanceof Rootfs.Handed;
    return new NamespaceSteps(
        plan, launch.isolation(), handed ? Rights.OF_HOST : Rights.OF_USER_NAMESPACE);
  }

  /// Returns where the descriptor of a user namespace is that is joined, or [Slot#UNUSED].
  static Slot userNamespace(Isolation isolation) {
    return joined(isolation, Isolation.CLONE_NEWUSER);
  }

  /// Returns where the descriptor of a network namespace is that is joined, or [Slot#UNUSED].
  static Slot network(Isolation isolation) {
    return joined(isolation, Isolation.CLONE_NEWNET);
  }

  private static Slot joined(Isolation isolation, long flag) {
    for (Isolation.Join join : isolation.joined()) {
      if (join.flag() == flag) {
        return fd(join);
      }
    }
    return Slot.UNUSED;
  }

  /// Tells whether a namespace is joined by the supervisor: a pid namespace, since only a child can
  /// be born into it; a user namespace, since what is made with the child is to belong to it; and
  /// whatever the host's root may join but nobody in the user namespace.
  private boolean isBeforeClone(Isolation.Join join) {
    return switch (rights) {
      case OF_USER_NAMESPACE ->
          join.flag() == Isolation.CLONE_NEWUSER || join.flag() == Isolation.CLONE_NEWPID;
      case OF_HOST -> join.flag() != Isolation.CLONE_NEWNS;
    };
  }

  /// Appends the steps that open all namespaces to join.
  void open() {
    for (Isolation.Join join : isolation.joined()) {
      plan.because("open the namespace " + join.path(), join.option());
      plan.call(fd(join), Syscall.OPENAT, AT_FDCWD, text(join.path()), or(O_RDONLY, O_CLOEXEC));
    }
  }

  /// Appends the steps that join those that come before the container's process is made.
  void joinBeforeClone() {
    if (rights == Rights.OF_USER_NAMESPACE) {
      enterUser();
    }
    for (Isolation.Join join : isolation.joined()) {
      if (isBeforeClone(join) && join.flag() != Isolation.CLONE_NEWUSER) {
        enter(join);
      }
    }
    if (rights == Rights.OF_HOST) {
      enterUser();
    }
  }

  private void enterUser() {
    for (Isolation.Join join : isolation.joined()) {
      if (join.flag() == Isolation.CLONE_NEWUSER) {
        enter(join);
      }
    }
  }

  /// Appends the steps that join the other namespaces, in the child.
  void joinAfterClone() {
    for (Isolation.Join join : isolation.joined()) {
      if (!isBeforeClone(join)) {
        enter(join);
      }
    }
  }

  private void enter(Isolation.Join join) {
    plan.because("join the namespace " + join.path(), join.option());
    plan.call(Syscall.SETNS, value(fd(join)), new Num(join.flag(), name(join.flag())));
  }

  private static Slot fd(Isolation.Join join) {
    return new Slot(name(join.flag()));
  }

  static String name(long flag) {
    if (flag == Isolation.CLONE_NEWNET) {
      return "CLONE_NEWNET";
    } else if (flag == Isolation.CLONE_NEWPID) {
      return "CLONE_NEWPID";
    } else if (flag == Isolation.CLONE_NEWIPC) {
      return "CLONE_NEWIPC";
    } else if (flag == Isolation.CLONE_NEWUTS) {
      return "CLONE_NEWUTS";
    } else if (flag == Isolation.CLONE_NEWNS) {
      return "CLONE_NEWNS";
    } else if (flag == Isolation.CLONE_NEWCGROUP) {
      return "CLONE_NEWCGROUP";
    } else if (flag == Isolation.CLONE_NEWTIME) {
      return "CLONE_NEWTIME";
    }
    return "CLONE_NEWUSER";
  }

  /// Appends the steps that give the child's user namespace its ids.
  void mapIds() {
    switch (isolation.mapping()) {
      case Isolation.IdMapping.None _, Isolation.IdMapping.Joined _ -> {}
      case Isolation.IdMapping.Written written -> {
        plan.because("map user and group ids", "--userns");
        if (written.setgroups() == Setgroups.DENIED) {
          // Without privilege the kernel takes a gid map only after setgroups(2) is given up;
          // user_namespaces(7).
          write("/setgroups", "deny");
        }
        write("/uid_map", written.uidMap());
        write("/gid_map", written.gidMap());
      }
      case Isolation.IdMapping.Delegated delegated -> {
        delegate(delegated.newuidmap(), delegated.uids());
        delegate(delegated.newgidmap(), delegated.gids());
      }
    }
  }

  private void write(String file, String content) {
    Format path = new Format(List.of(text("/proc/"), value(Names.PID), text(file)));
    FileSteps.write(plan, new Slot("mapfd"), path, content);
  }

  private void delegate(String program, List<String> arguments) {
    plan.because("map ids with " + program, "--userns");
    Slot helper = new Slot("map pid");
    Label child = plan.label("run " + program);
    Label parent = plan.label("ids mapped");
    Label mapped = plan.label("status of " + program);
    plan.call(helper, Syscall.CLONE, new Num(Names.SIGCHLD, "SIGCHLD"), NULL, NULL, NULL, NULL);
    plan.branch(helper, Condition.EQUAL, 0, child);
    plan.jump(parent);
    plan.mark(child);
    List<Operand> strings = new ArrayList<>();
    strings.add(text(program));
    strings.add(new Format(List.of(value(Names.PID))));
    for (String argument : arguments) {
      strings.add(text(argument));
    }
    strings.add(NULL);
    plan.attempt(
        Syscall.EXECVE, text(program), new Operand.Array(strings), new Operand.Environment());
    int execution = plan.latestCall();
    ContainerPlanner.exitWith(plan, 127);
    plan.mark(parent);
    Num byPid = new Num(1, "P_PID");
    plan.call(Syscall.WAITID, byPid, value(helper), at(Names.SIGINFO), Names.WEXITED, NULL);
    plan.load(Names.COUNT, Names.SIGINFO, Names.SI_STATUS, 4);
    plan.branch(Names.COUNT, Condition.EQUAL, 0, mapped);
    // The program itself has said why on standard error; its refusal counts as EPERM.
    plan.add(new Op.Assign(Plan.FAILED_STEP, num(execution)));
    plan.add(new Op.Assign(Plan.FAILED_ERRNO, num(Errno.EPERM.number())));
    plan.jump(Names.FAILED);
    plan.mark(mapped);
  }
}
