package dev.brig.runtime.compile;

import static dev.brig.namespaces.Abi.AT_FDCWD;
import static dev.brig.namespaces.Abi.NULL;
import static dev.brig.namespaces.Abi.O_CLOEXEC;
import static dev.brig.namespaces.Abi.O_CREAT;
import static dev.brig.namespaces.Abi.O_PATH;
import static dev.brig.namespaces.Abi.O_RDONLY;
import static dev.brig.namespaces.Abi.O_RDWR;
import static dev.brig.namespaces.Abi.O_TRUNC;
import static dev.brig.namespaces.Abi.O_WRONLY;
import static dev.brig.namespaces.Abi.ZERO;
import static dev.brig.namespaces.Abi.mode;
import static dev.brig.namespaces.Abi.num;
import static dev.brig.namespaces.Abi.or;
import static dev.brig.namespaces.Abi.text;
import static dev.brig.namespaces.Abi.value;

import dev.brig.linux.Errno;
import dev.brig.linux.Syscall;
import dev.brig.namespaces.ConsolePlanner;
import dev.brig.namespaces.ProcessPlanner;
import dev.brig.plan.Condition;
import dev.brig.plan.Label;
import dev.brig.plan.Op;
import dev.brig.plan.Operand;
import dev.brig.plan.Operand.Format;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.Plan;
import dev.brig.plan.PlanBuilder;
import dev.brig.plan.Slot;
import java.util.List;

/// Makes the plan of a further process in a running container.
///
/// The supervising half stays outside of all namespaces but the pid and user namespace that its
/// child is born into; it is no member of the container's cgroup.
public final class ExecPlanner {
  private static final int FIRST_FD = 3;
  private static final long BEFORE_CLONE = Isolation.CLONE_NEWUSER | Isolation.CLONE_NEWPID;

  private final PlanBuilder plan = new PlanBuilder();
  private final Execution execution;
  private final Streams streams;
  private final ExecWitness witness;
  private final Slot container = new Slot("containerfd");
  private final Slot home = new Slot("own pid namespace");
  private final Slot init = new Slot("pid of the container's first process");
  private final ListenerSteps listener;
  private final Slot pidFile = new Slot("pidfilefd");
  private int firstExecution;
  private int lastExecution;

  private ExecPlanner(Execution execution) {
    this.execution = execution;
    this.streams = execution.streams().streams();
    this.witness = new ExecWitness(plan, execution);
    this.listener =
        new ListenerSteps(
            plan,
            execution.settings().listener(),
            FIRST_FD + execution.streams().preservedFds() + 1,
            init);
  }

  /// Returns the plan for an execution.
  public static Plan plan(Execution execution) {
    return new ExecPlanner(execution).all();
  }

  private Plan all() {
    boolean background = execution.streams().waiting() == Execution.Waiting.BACKGROUND;
    Label child = plan.label("container");
    plan.because("start");
    plan.add(new Op.Guard("supervisor", Names.FAILED));
    plan.add(new Op.Assign(container, num(execution.pidfd())));
    ProcessStart start = new ProcessStart(plan);
    int first = FIRST_FD + execution.streams().preservedFds();
    start.clean(
        first, execution.pidfd(), "containerfd", execution.traceFd(), execution.ignoredSignals());
    start.seal();
    if (background) {
      new DetachSteps(plan).detach("");
    }
    start.listen();
    openPidFile();
    if (streams instanceof Streams.Sent(String socket)) {
      plan.because("reach the socket for the terminal", "--console-socket");
      GateSteps.connect(plan, Names.CONSOLE, socket);
    }
    listener.connect();
    new SettingSteps(plan, execution.settings()).chooseFirstProcessors();
    ChildPlanner.hide(plan);
    joinForChildren();
    start.makeSocket();
    new CloneStep(plan).clone(0, execution.cgroups().target(), child);
    plan.call(Syscall.CLOSE, value(Names.CHILD_END));
    plan.because("let the process go on");
    plan.tolerate(Errno.EPIPE, Syscall.WRITE, value(Names.HOST_END), text("g"), num(1));
    if (listener.areNeeded()) {
      plan.add(new Op.Assign(init, num(execution.initPid())));
    }
    new StartedSteps(plan, streams, listener).await();
    if (execution.isOneWay()) {
      witness.dismiss();
    }
    nameProcess();
    if (background) {
      new DetachSteps(plan).started();
    }
    if (execution.streams().waiting() == Execution.Waiting.ELSEWHERE) {
      ContainerPlanner.exitWith(plan, 0);
    } else {
      serve();
    }
    childHalf(child);
    fail();
    return plan.build();
  }

  /// Appends the step that makes the file for the process's number, before a user namespace is
  /// joined in which this process may not.
  private void openPidFile() {
    String path = execution.streams().pidFile();
    if (!path.isEmpty()) {
      plan.because("make the file for the process's number", "--pid-file");
      Num flags = or(O_WRONLY, O_CREAT, O_TRUNC, O_CLOEXEC);
      Operand beside = text(GateSteps.beside(path));
      plan.call(pidFile, Syscall.OPENAT, AT_FDCWD, beside, flags, mode(0644));
    }
  }

  private void nameProcess() {
    String path = execution.streams().pidFile();
    if (!path.isEmpty()) {
      GateSteps.writePidFile(plan, pidFile, path);
    }
  }

  private void joinForChildren() {
    if (execution.isOneWay()) {
      witness.make();
    } else {
      plan.because("remember the own pid namespace");
      Num flags = or(O_RDONLY, O_CLOEXEC);
      plan.call(home, Syscall.OPENAT, AT_FDCWD, text("/proc/self/ns/pid"), flags);
    }
    plan.because("let children be born into the container's pid namespace");
    // The user namespace first: it gives the right to join those that it owns.
    for (long flag : new long[] {Isolation.CLONE_NEWUSER, Isolation.CLONE_NEWPID}) {
      if ((execution.namespaces() & flag) != 0) {
        Num namespace = new Num(flag, NamespaceSteps.name(flag));
        plan.call(Syscall.SETNS, value(container), namespace);
      }
    }
  }

  private void serve() {
    Label ended = plan.label("ended");
    RelayPlanner relay = new RelayPlanner(plan, streams, Launch.State.NONE);
    relay.loop(ended);
    plan.mark(ended);
    relay.drain();
    plan.because("end with the process's status");
    ExitSteps.takeStatus(plan);
    ContainerPlanner.exitWith(plan, Names.EXIT_STATUS);
  }

  private void fail() {
    plan.because("report the failure");
    plan.add(new Op.Guard("supervisor", Names.FAILED));
    plan.mark(StartedSteps.CHILD_REPORTED);
    plan.load(Plan.FAILED_STEP, Names.MESSAGE, 0, 4);
    plan.load(Plan.FAILED_ERRNO, Names.MESSAGE, 4, 4);
    plan.mark(Names.FAILED);
    new RelayPlanner(plan, streams, Launch.State.NONE).restoreTerminal();
    Label ended = plan.label("no process left");
    plan.branch(Names.PID, Condition.EQUAL, 0, ended);
    EndPlanner.killContainer(plan, ended);
    plan.mark(ended);
    if (execution.isOneWay()) {
      witness.tell();
    } else {
      diagnose();
    }
    EndPlanner.sayFailure(plan);
    ExitSteps.exitAsTheFieldHasIt(plan, firstExecution, lastExecution);
    if (execution.isOneWay()) {
      witness.wait(Names.FAILED);
      ExitSteps.exitAsTheFieldHasIt(plan, firstExecution, lastExecution);
    }
  }

  /// Appends the execution of brig, for the cause. A JVM makes threads, and the kernel refuses them
  /// to a process whose children would be born into another pid namespace; pid_namespaces(7).
  private void diagnose() {
    plan.because("return to the own pid namespace");
    Num namespace = new Num(Isolation.CLONE_NEWPID, "CLONE_NEWPID");
    plan.attempt(Syscall.SETNS, value(home), namespace);
    EndPlanner.becomeBrig(
        plan,
        execution.brig(),
        List.of(
            text("exec-failed"),
            text(execution.id()),
            new Format(List.of(value(Plan.FAILED_STEP))),
            new Format(List.of(value(Plan.FAILED_ERRNO))),
            new Operand.StepText(Plan.FAILED_STEP),
            text(execution.process().arguments().getFirst())));
  }

  private void childHalf(Label child) {
    plan.because("run in the container");
    plan.add(new Op.Guard("container", Names.CHILD_FAILED));
    plan.mark(child);
    ChildPlanner.awaitRelease(plan);
    plan.because("leave the caller's session and terminal");
    plan.call(Syscall.SETSID);
    emptyStreams();
    ChildPlanner.joinCgroups(plan, execution.cgroups().joins());
    new SettingSteps(plan, execution.settings()).chooseLastProcessors();
    new SettingSteps(plan, execution.settings()).label();
    enter();
    if ((execution.namespaces() & Isolation.CLONE_NEWUSER) != 0) {
      plan.because("become root of the user namespace");
      plan.call(Syscall.SETRESGID, ZERO, ZERO, ZERO);
      plan.call(Syscall.SETRESUID, ZERO, ZERO, ZERO);
    }
    takeStreams();
    int preserved = execution.streams().preservedFds();
    ChildPlanner.closeHostDescriptors(plan, FIRST_FD + preserved, execution.traceFd());
    new SettingSteps(plan, execution.settings()).apply();
    ProcessPlanner process = new ProcessPlanner(plan, execution.process());
    if (listener.areNeeded()) {
      process.announceListenerOn(Names.CHILD_END);
    }
    process.confine();
    if (execution.streams().waiting() != Execution.Waiting.ELSEWHERE) {
      process.dieWithSupervisor();
      ChildPlanner.checkSupervisor(plan);
    }
    // The first step of these unblocks signals.
    firstExecution = plan.latestCall() + 2;
    process.execute();
    lastExecution = plan.latestCall();
    ChildPlanner.report(plan);
    ContainerPlanner.exitWith(plan, 127);
  }

  /// Appends the steps into the container: into its namespaces, or, where it has none, its root.
  private void enter() {
    Num namespaces = others();
    if (namespaces.value() != 0) {
      plan.because("join the container's namespaces");
      plan.call(Syscall.SETNS, value(container), namespaces);
    } else {
      plan.because("enter the container's root");
      Slot root = new Slot("rootfd");
      Num flags = or(O_RDONLY, O_CLOEXEC, O_PATH);
      String path = "/proc/" + execution.initPid() + "/root";
      plan.call(root, Syscall.OPENAT, AT_FDCWD, text(path), flags);
      // If it lives yet, the number was its own, and not another process's.
      plan.call(Syscall.PIDFD_SEND_SIGNAL, value(container), ZERO, NULL, ZERO);
      plan.call(Syscall.FCHDIR, value(root));
      plan.call(Syscall.CHROOT, text("."));
    }
  }

  private Num others() {
    Num flags = ZERO;
    for (int bit = 0; bit < 32; bit++) {
      long flag = 1L << bit;
      if ((execution.namespaces() & flag) != 0 && (flag & BEFORE_CLONE) == 0) {
        Num namespace = new Num(flag, NamespaceSteps.name(flag));
        flags = flags.value() == 0 ? namespace : or(flags, namespace);
      }
    }
    return flags;
  }

  /// Appends the steps that open the host's /dev/null, while it is the host's: what the container
  /// has by this name is its own affair.
  private void emptyStreams() {
    if (streams instanceof Streams.Inherited(Streams.Input input)) {
      if (input == Streams.Input.EMPTY) {
        ChildPlanner.emptyInput(plan);
      }
      if (execution.streams().waiting() == Execution.Waiting.BACKGROUND) {
        Slot fd = new Slot("nullfd");
        plan.call(fd, Syscall.OPENAT, AT_FDCWD, text("/dev/null"), or(O_RDWR, O_CLOEXEC));
        plan.call(Syscall.DUP3, value(fd), num(1), ZERO);
        plan.call(Syscall.DUP3, value(fd), num(2), ZERO);
      }
    }
  }

  private void takeStreams() {
    switch (streams) {
      case Streams.Inherited _ -> {}
      case Streams.Relayed _, Streams.Shown _, Streams.Sent _ -> {
        ConsolePlanner console = new ConsolePlanner(plan);
        console.openPair(console.openMount());
        new SettingSteps(plan, execution.settings()).resize();
        Slot receiver = streams instanceof Streams.Sent ? Names.CONSOLE : Names.CHILD_END;
        StartedSteps.sendMaster(plan, value(receiver), value(ConsolePlanner.MASTER));
        console.adopt(execution.process().user().uid());
      }
      case Streams.Logged _, Streams.LoggedTerminal _ ->
          throw new IllegalArgumentException("exec keeps no log");
    }
  }
}
