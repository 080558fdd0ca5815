package dev.brig.runtime.compile;

import static dev.brig.namespaces.Abi.AT_FDCWD;
import static dev.brig.namespaces.Abi.O_APPEND;
import static dev.brig.namespaces.Abi.O_CLOEXEC;
import static dev.brig.namespaces.Abi.O_CREAT;
import static dev.brig.namespaces.Abi.O_NONBLOCK;
import static dev.brig.namespaces.Abi.O_RDONLY;
import static dev.brig.namespaces.Abi.O_RDWR;
import static dev.brig.namespaces.Abi.O_TRUNC;
import static dev.brig.namespaces.Abi.O_WRONLY;
import static dev.brig.namespaces.Abi.ZERO;
import static dev.brig.namespaces.Abi.at;
import static dev.brig.namespaces.Abi.mode;
import static dev.brig.namespaces.Abi.num;
import static dev.brig.namespaces.Abi.or;
import static dev.brig.namespaces.Abi.text;
import static dev.brig.namespaces.Abi.value;

import dev.brig.cgroups.DeviceProgram;
import dev.brig.linux.Errno;
import dev.brig.linux.Syscall;
import dev.brig.plan.Label;
import dev.brig.plan.Op;
import dev.brig.plan.Operand;
import dev.brig.plan.Operand.Format;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.Plan;
import dev.brig.plan.PlanBuilder;
import dev.brig.plan.Slot;
import java.util.List;

/// Makes the host's half of a container's program: everything before the container's process and
/// around it.
final class SupervisorPlanner {
  private static final int FIRST_FD = 3;

  private final PlanBuilder plan;
  private final Launch launch;
  private final EndPlanner end;
  private final boolean detached;
  private final JoinSteps join;

  SupervisorPlanner(PlanBuilder plan, Launch launch) {
    this.plan = plan;
    this.launch = launch;
    this.end = new EndPlanner(plan, launch);
    this.join = new JoinSteps(plan, launch);
    this.detached =
        switch (launch.streams()) {
          case Streams.Inherited _, Streams.Relayed _, Streams.Shown _, Streams.Sent _ -> false;
          case Streams.Logged _, Streams.LoggedTerminal _ -> true;
        };
  }

  /// Appends what makes this process a supervisor: a clean descriptor table, signals as messages,
  /// and, for a detached container, a process of its own.
  void prepare() {
    plan.because("start");
    plan.add(new Op.Guard("supervisor", Names.FAILED));
    switch (launch.custody()) {
      case Custody.Program _ -> prepareSupervision();
      case Custody.Caller caller -> prepareHandover(caller);
    }
    prepareStreams();
    prepareCgroup();
  }

  private void prepareHandover(Custody.Caller caller) {
    new ProcessStart(plan)
        .cleanFrom(FIRST_FD + caller.preservedFds(), launch.state().ignoredSignals());
    new ProcessStart(plan).seal();
    plan.because("let files have the modes that they are made with");
    plan.call(Syscall.UMASK, mode(0));
    new GateSteps(plan, launch, caller).open();
    new GateSteps(plan, launch, caller).listener().connect();
    if (caller.until() == Custody.Until.ENDED) {
      new ProcessStart(plan).listen();
    } else {
      new ProcessStart(plan).blockPipes();
    }
  }

  private void prepareSupervision() {
    Launch.State state = launch.state();
    new ProcessStart(plan).clean(state.lockFd(), "lockfd", state.traceFd(), state.ignoredSignals());
    if (state.traceFd() >= 0) {
      // brig prints the trace at the end.
      plan.add(new Op.Assign(Names.ATTENTION, num(1)));
    }
    plan.because("let files have the modes that they are made with");
    plan.call(Syscall.UMASK, mode(0));
    if (state.removal() == Launch.Removal.HELD) {
      plan.because("end with the process that waits for the container");
      Num deathSignal = new Num(1, "PR_SET_PDEATHSIG");
      plan.call(Syscall.PRCTL, deathSignal, Names.SIGKILL, ZERO, ZERO, ZERO);
    }
    if (detached) {
      new DetachSteps(plan).detach(state.service().greeting() + "\n");
    }
    new ProcessStart(plan).listen();
  }

  private void prepareStreams() {
    switch (launch.streams()) {
      case Streams.Inherited(Streams.Input input) -> {
        if (input == Streams.Input.EMPTY) {
          ChildPlanner.emptyInput(plan);
        }
      }
      case Streams.Relayed _, Streams.Shown _ -> {}
      case Streams.Sent(String socket) -> {
        plan.because("reach the socket for the terminal", "--console-socket");
        GateSteps.connect(plan, Names.CONSOLE, socket);
        plan.because("start");
      }
      case Streams.Logged(Streams.Input input) -> {
        if (input == Streams.Input.PASSED) {
          openInput();
        } else {
          ChildPlanner.emptyInput(plan);
        }
        openLog();
        plan.because("take the container's output", "-d");
        pipe(Names.OUTPUT, Names.CHILD_OUTPUT);
        pipe(Names.ERRORS, Names.CHILD_ERRORS);
      }
      case Streams.LoggedTerminal(Streams.Input input) -> {
        if (input == Streams.Input.PASSED) {
          openInput();
        }
        openLog();
      }
    }
  }

  /// Makes the pipe with a name that `attach` writes to. This process keeps both of its ends, so
  /// that the container's input does not end when one who wrote to it goes.
  private void openInput() {
    plan.because("keep standard input open", "-i");
    String path = launch.state().runDirectory() + "/stdin";
    Num type = new Num(0x1000 | 0600, "S_IFIFO|0600");
    plan.tolerate(Errno.EEXIST, Syscall.MKNODAT, AT_FDCWD, text(path), type);
    Num flags = or(O_RDWR, O_NONBLOCK, O_CLOEXEC);
    plan.call(Names.INPUT, Syscall.OPENAT, AT_FDCWD, text(path), flags);
    if (launch.streams() instanceof Streams.Logged) {
      // Another open file: the container's reads wait.
      plan.call(Names.CHILD_INPUT, Syscall.OPENAT, AT_FDCWD, text(path), or(O_RDONLY, O_CLOEXEC));
    }
  }

  private void openLog() {
    plan.because("open the log", "-d");
    plan.call(
        Names.LOG,
        Syscall.OPENAT,
        AT_FDCWD,
        text(launch.state().directory() + "/log"),
        or(O_WRONLY, O_CREAT, O_APPEND, O_CLOEXEC),
        mode(0600));
    if (launch.state().service().logBytesMax() > 0) {
      plan.because("see how large the log is", LogSteps.OPTION);
      plan.call(Names.LOGGED, Syscall.LSEEK, value(Names.LOG), num(0), new Num(2, "SEEK_END"));
    }
  }

  private void pipe(Slot reader, Slot writer) {
    plan.call(Syscall.PIPE2, at(Names.PAIR), O_CLOEXEC);
    plan.load(reader, Names.PAIR, 0, 4);
    plan.load(writer, Names.PAIR, 4, 4);
    // Only this end: the container's end of a pipe is another open file.
    plan.call(Syscall.FCNTL, value(reader), new Num(4, "F_SETFL"), or(O_RDONLY, O_NONBLOCK));
  }

  private void prepareCgroup() {
    for (String directory : launch.cgroup().parents()) {
      plan.because("make the cgroup " + directory);
      plan.tolerate(Errno.EEXIST, Syscall.MKDIRAT, AT_FDCWD, text(directory), mode(0755));
    }
    for (String directory : launch.cgroup().directories()) {
      plan.because("make the cgroup " + directory);
      plan.call(Syscall.MKDIRAT, AT_FDCWD, text(directory), mode(0755));
    }
    for (CgroupSteps.Write write : launch.cgroup().writes()) {
      plan.because(write.why(), write.option());
      writeFile(write.file(), write.value());
    }
    for (DeviceProgram program : launch.cgroup().programs()) {
      new DeviceSteps(plan).enforce(program, launch.cgroup().target());
    }
  }

  private void writeFile(String file, String content) {
    FileSteps.write(plan, new Slot("filefd"), text(file), content);
  }

  /// Appends the steps that make the container's process in its namespaces.
  void makeContainer(Label container) {
    // Before a user namespace is joined in which this process may not write to them.
    openCgroups();
    NamespaceSteps namespaces = NamespaceSteps.of(plan, launch);
    HandedMounts mounts = new HandedMounts(plan, launch);
    namespaces.open();
    mounts.makeBeforeJoining();
    if (!join.areNeeded()) {
      namespaces.joinBeforeClone();
    }
    new ProcessStart(plan).makeSocket();
    if (join.areNeeded()) {
      join.make();
    } else {
      new CloneStep(plan).clone(launch.isolation().created(), launch.cgroup().target(), container);
    }
    plan.because("keep one end of the socket");
    plan.call(Syscall.CLOSE, value(Names.CHILD_END));
    recordPid();
    namespaces.mapIds();
    mounts.makeAfterMapping();
    if (launch.custody() instanceof Custody.Caller caller) {
      goHome(caller);
      new NetDeviceSteps(plan, caller.netDevices())
          .send(NamespaceSteps.network(launch.isolation()), Names.FAILED);
    }
    closeStreams();
  }

  private void goHome(Custody.Caller caller) {
    if (!caller.home().isEmpty()) {
      plan.because("leave the container's cgroup to it", "--systemd-cgroup");
      writeFile(caller.home(), "0");
    }
  }

  /// Opens the files by which the container's process joins its cgroups, for it to write to.
  private void openCgroups() {
    int index = 0;
    for (String file : launch.cgroup().joins()) {
      plan.because("open the cgroup file " + file);
      Slot fd = Names.tasks(index++);
      plan.call(fd, Syscall.OPENAT, AT_FDCWD, text(file), or(O_WRONLY, O_CLOEXEC));
    }
  }

  private void recordPid() {
    plan.because("record the container's first process");
    Slot fd = new Slot("filefd");
    Format stat = new Format(List.of(text("/proc/"), value(Names.PID), text("/stat")));
    plan.call(fd, Syscall.OPENAT, AT_FDCWD, stat, or(O_RDONLY, O_CLOEXEC));
    plan.call(Names.COUNT, Syscall.READ, value(fd), at(Names.MESSAGE), num(1024));
    plan.call(Syscall.CLOSE, value(fd));
    plan.call(
        fd,
        Syscall.OPENAT,
        AT_FDCWD,
        text(launch.state().runDirectory() + "/pid"),
        or(O_WRONLY, O_CREAT, O_TRUNC, O_CLOEXEC),
        mode(0600));
    plan.call(Syscall.WRITE, value(fd), at(Names.MESSAGE), value(Names.COUNT));
    plan.call(Syscall.CLOSE, value(fd));
    writePidFile();
  }

  private void writePidFile() {
    String path = launch.state().service().pidFile();
    if (path.isEmpty()) {
      return;
    }
    plan.because("write the pid of the container's first process to " + path, "--pidfile");
    Slot fd = new Slot("filefd");
    Num flags = or(O_WRONLY, O_CREAT, O_TRUNC, O_CLOEXEC);
    plan.call(fd, Syscall.OPENAT, AT_FDCWD, text(path), flags, mode(0644));
    Format pid = new Format(List.of(value(Names.PID)));
    plan.call(Syscall.WRITE, value(fd), pid, new Operand.FormatLength(pid));
    plan.call(Syscall.CLOSE, value(fd));
  }

  private void closeStreams() {
    if (launch.streams() instanceof Streams.Sent) {
      plan.because("leave the socket for the terminal to the container", "--console-socket");
      plan.call(Syscall.CLOSE, value(Names.CONSOLE));
    }
    if (launch.streams() instanceof Streams.Logged) {
      plan.because("leave the pipes' other ends to the container", "-d");
      plan.call(Syscall.CLOSE, value(Names.CHILD_OUTPUT));
      plan.call(Syscall.CLOSE, value(Names.CHILD_ERRORS));
      if (Streams.hasOpenInput(launch.streams())) {
        plan.call(Syscall.CLOSE, value(Names.CHILD_INPUT));
      }
    }
  }

  /// Appends the steps that let the container's half go on and wait until it has executed its
  /// command.
  void release() {
    plan.because("let the container go on");
    // EPIPE: the container's half has failed already; its message says at which step.
    plan.tolerate(Errno.EPIPE, Syscall.WRITE, value(Names.HOST_END), text("g"), num(1));
    new HandedMounts(plan, launch).send();
    switch (launch.custody()) {
      case Custody.Program _ -> {
        new StartedSteps(plan, launch.streams()).await();
        if (detached) {
          new DetachSteps(plan).started();
        }
        plan.add(new Op.Assign(Names.RUNNING, num(1)));
      }
      case Custody.Caller caller -> handOver(caller);
    }
  }

  private void handOver(Custody.Caller caller) {
    GateSteps gate = new GateSteps(plan, launch, caller);
    gate.await();
    switch (caller.until()) {
      case CREATED -> ContainerPlanner.exitWith(plan, 0);
      case STARTED -> {
        gate.start();
        ContainerPlanner.exitWith(plan, 0);
      }
      case ENDED -> gate.start();
    }
  }

  /// Appends the loop that serves the running container, and what comes after it.
  void superviseToTheEnd() {
    if (launch.custody() instanceof Custody.Caller caller
        && caller.until() != Custody.Until.ENDED) {
      return;
    }
    Label ended = plan.label("ended");
    new RelayPlanner(plan, launch.streams(), launch.state()).loop(ended);
    plan.mark(ended);
    new RelayPlanner(plan, launch.streams(), launch.state()).drain();
    switch (launch.custody()) {
      case Custody.Program _ -> end.finish();
      case Custody.Caller caller -> new BundleEnd(plan, launch, caller).finish();
    }
  }

  /// Appends the handlers of failures in both halves.
  void handleFailures() {
    plan.because("report the failure");
    plan.mark(StartedSteps.CHILD_REPORTED);
    plan.load(Plan.FAILED_STEP, Names.MESSAGE, 0, 4);
    plan.load(Plan.FAILED_ERRNO, Names.MESSAGE, 4, 4);
    plan.mark(Names.FAILED);
    new RelayPlanner(plan, launch.streams(), launch.state()).restoreTerminal();
    switch (launch.custody()) {
      case Custody.Program _ -> end.fail();
      case Custody.Caller caller -> new BundleEnd(plan, launch, caller).fail();
    }
  }

  /// Appends the steps of the process that joins namespaces for this one, if there are some.
  void joinNamespaces(Label container) {
    if (join.areNeeded()) {
      join.join(container);
    }
  }
}
