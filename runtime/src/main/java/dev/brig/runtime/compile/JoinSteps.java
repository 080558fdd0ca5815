package dev.brig.runtime.compile;

import static dev.brig.namespaces.Abi.NULL;
import static dev.brig.namespaces.Abi.O_CLOEXEC;
import static dev.brig.namespaces.Abi.ZERO;
import static dev.brig.namespaces.Abi.at;
import static dev.brig.namespaces.Abi.num;
import static dev.brig.namespaces.Abi.value;

import dev.brig.linux.Syscall;
import dev.brig.plan.Buffer;
import dev.brig.plan.Condition;
import dev.brig.plan.Label;
import dev.brig.plan.Op;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.PlanBuilder;
import dev.brig.plan.Slot;

/// Makes the container's process in namespaces that only a child can be born into, without the
/// supervisor leaving its own: at the end it may have to become brig, and a JVM makes no threads in
/// a process whose children would be born into another pid namespace; pid_namespaces(7).
///
/// ```
///   supervisor ── clone ──▶ joiner: setns …, clone3(CLONE_PARENT) ──▶ container
///       ▲  ▲                   │ its pid                                  │
///       │  └───────────────────┘ and ends                                 │
///       └───────────────────────── its parent ────────────────────────────┘
/// ```
final class JoinSteps {
  private static final Slot JOINER = new Slot("joiner pid");
  private static final Slot READER = new Slot("pidreadfd");
  private static final Slot WRITER = new Slot("pidwritefd");
  private static final Buffer NUMBER = new Buffer("pid of the container's process", 8);
  private static final Num BY_PID = new Num(1, "P_PID");

  private final PlanBuilder plan;
  private final Launch launch;
  private final Label joiner;

  JoinSteps(PlanBuilder plan, Launch launch) {
    this.plan = plan;
    this.launch = launch;
    this.joiner = plan.label("joiner");
  }

  /// Tells whether the container's process has to be made so.
  boolean areNeeded() {
    return launch.isolation().joins(Isolation.CLONE_NEWUSER)
        || launch.isolation().joins(Isolation.CLONE_NEWPID);
  }

  /// Appends the supervisor's steps, after which [Names#PID] and [Names#PIDFD] are the container's.
  void make() {
    Label made = plan.label("container's process made");
    plan.because("let another process join namespaces and make the container's there");
    plan.call(Syscall.PIPE2, at(Names.PAIR), O_CLOEXEC);
    plan.load(READER, Names.PAIR, 0, 4);
    plan.load(WRITER, Names.PAIR, 4, 4);
    plan.call(JOINER, Syscall.CLONE, new Num(Names.SIGCHLD, "SIGCHLD"), NULL, NULL, NULL, NULL);
    plan.branch(JOINER, Condition.EQUAL, 0, joiner);
    plan.call(Syscall.CLOSE, value(WRITER));
    plan.call(Names.COUNT, Syscall.READ, value(READER), at(NUMBER), num(8));
    plan.call(Syscall.CLOSE, value(READER));
    plan.call(Syscall.WAITID, BY_PID, value(JOINER), at(Names.SIGINFO), Names.WEXITED, NULL);
    plan.branch(Names.COUNT, Condition.EQUAL, 8, made);
    plan.because("hear what the other process failed at");
    plan.call(Syscall.READ, value(Names.HOST_END), at(Names.MESSAGE), num(8));
    plan.jump(StartedSteps.CHILD_REPORTED);
    plan.mark(made);
    plan.because("take the container's process as this one's child");
    plan.load(Names.PID, NUMBER, 0, 4);
    plan.call(Names.PIDFD, Syscall.PIDFD_OPEN, value(Names.PID), ZERO);
  }

  /// Appends the other process's steps; its failures are told as the container's half tells its
  /// own.
  ///
  /// @param container where the container's process goes on
  void join(Label container) {
    plan.because("join namespaces");
    plan.add(new Op.Guard("joiner", Names.CHILD_FAILED));
    plan.mark(joiner);
    if (!launch.isolation().hasUserNamespace()) {
      // Who is in the pid namespace already sees the container's process from its first moment on.
      ChildPlanner.hide(plan);
      plan.because("join namespaces");
    }
    NamespaceSteps.of(plan, launch).joinBeforeClone();
    new CloneStep(plan)
        .cloneSibling(launch.isolation().created(), launch.cgroup().target(), container);
    plan.because("tell the supervisor the container's process");
    plan.add(new Op.Store(Names.PID, NUMBER, 0, 8));
    plan.call(Syscall.WRITE, value(WRITER), at(NUMBER), num(8));
    ContainerPlanner.exitWith(plan, 0);
  }
}
