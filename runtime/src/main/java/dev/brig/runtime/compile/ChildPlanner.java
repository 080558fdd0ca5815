package dev.brig.runtime.compile;

import static dev.brig.namespaces.Abi.AT_FDCWD;
import static dev.brig.namespaces.Abi.O_CLOEXEC;
import static dev.brig.namespaces.Abi.O_RDWR;
import static dev.brig.namespaces.Abi.O_WRONLY;
import static dev.brig.namespaces.Abi.ZERO;
import static dev.brig.namespaces.Abi.at;
import static dev.brig.namespaces.Abi.num;
import static dev.brig.namespaces.Abi.or;
import static dev.brig.namespaces.Abi.text;
import static dev.brig.namespaces.Abi.value;

import dev.brig.linux.Errno;
import dev.brig.linux.Syscall;
import dev.brig.namespaces.Abi;
import dev.brig.namespaces.ConsolePlanner;
import dev.brig.namespaces.ProcessPlanner;
import dev.brig.namespaces.ProcessRequest.Role;
import dev.brig.namespaces.RootfsPlanner;
import dev.brig.namespaces.RootfsRequest;
import dev.brig.plan.Condition;
import dev.brig.plan.Label;
import dev.brig.plan.OnError;
import dev.brig.plan.Op;
import dev.brig.plan.Operand;
import dev.brig.plan.Operand.Field;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.Operand.Struct;
import dev.brig.plan.Plan;
import dev.brig.plan.PlanBuilder;
import dev.brig.plan.Slot;
import java.util.EnumSet;
import java.util.List;

/// Makes the container's half of a program: from the first step in new namespaces to the user's
/// command.
final class ChildPlanner {
  private static final int SYNC_FD = 3;

  private final PlanBuilder plan;
  private final Launch launch;

  ChildPlanner(PlanBuilder plan, Launch launch) {
    this.plan = plan;
    this.launch = launch;
  }

  /// Appends all steps, and the handler of their failures.
  void all() {
    awaitRelease(plan);
    new HandedMounts(plan, launch).receive();
    becomeLeader();
    new SettingSteps(plan, launch.settings()).makeTime();
    NamespaceSteps.of(plan, launch).joinAfterClone();
    joinCgroups();
    becomeRoot();
    isolateCgroup();
    raiseLoopback();
    if (launch.custody() instanceof Custody.Caller caller) {
      new NetDeviceSteps(plan, caller.netDevices()).receive(Names.CHILD_FAILED);
    }
    setHostname();
    new SettingSteps(plan, launch.settings()).setDomainname();
    setSysctls();
    setOomScore();
    // Not before: the file of the score is no longer the own user's then.
    hide(plan);
    RootfsPlanner rootfs = new RootfsPlanner(plan, launch.rootfs());
    rootfs.build();
    if (launch.custody() instanceof Custody.Caller caller) {
      new GateSteps(plan, launch, caller).callHooks();
    }
    sendTerminal();
    new SettingSteps(plan, launch.settings()).label();
    rootfs.enter();
    takeStreams();
    switch (launch.custody()) {
      case Custody.Program _ -> runUnderSupervision();
      case Custody.Caller caller -> runBehindTheGate(caller);
    }
  }

  /// Appends the step after which no other process may look into this one or stop it, until it
  /// executes something: as long as it holds the host's descriptors and rights (CVE-2016-9962).
  static void hide(PlanBuilder plan) {
    plan.because("be no target for other processes of the container");
    plan.call(Syscall.PRCTL, new Num(4, "PR_SET_DUMPABLE"), new Num(0, "SUID_DUMP_DISABLE"));
  }

  private void sendTerminal() {
    if (launch.process().terminal() != RootfsRequest.Terminal.CONSOLE) {
      return;
    }
    new SettingSteps(plan, launch.settings()).resize();
    Slot receiver = launch.streams() instanceof Streams.Sent ? Names.CONSOLE : Names.CHILD_END;
    StartedSteps.sendMaster(plan, value(receiver), value(ConsolePlanner.MASTER));
  }

  private void runUnderSupervision() {
    closeHostDescriptors(plan, SYNC_FD, launch.state().traceFd());
    new SettingSteps(plan, launch.settings()).apply();
    ProcessPlanner process = new ProcessPlanner(plan, launch.process());
    process.confine();
    process.dieWithSupervisor();
    checkSupervisor(plan);
    if (launch.process().role() == Role.UNDER_INIT) {
      new InitPlanner(plan, launch.process().terminal()).split();
    }
    new KeeperPlanner(plan, launch.keeper(), launch.process().terminal()).split();
    process.execute();
    report(plan);
  }

  private void runBehindTheGate(Custody.Caller caller) {
    GateSteps gate = new GateSteps(plan, launch, caller);
    gate.closeTheRest();
    new SettingSteps(plan, launch.settings()).apply();
    ProcessPlanner process = new ProcessPlanner(plan, launch.process());
    if (gate.listener().areNeeded()) {
      process.announceListenerOn(Names.CHILD_END);
    }
    process.confine();
    process.find();
    gate.pass();
    process.execute();
    gate.report();
    report(plan);
  }

  /// Appends the steps that wait until the supervisor lets this half go on.
  static void awaitRelease(PlanBuilder plan) {
    plan.because("wait for the supervisor's word");
    Label go = plan.label("go");
    plan.attempt(Syscall.CLOSE, value(Names.HOST_END));
    plan.call(Names.COUNT, Syscall.READ, value(Names.CHILD_END), at(Names.MESSAGE), num(1));
    plan.branch(Names.COUNT, Condition.EQUAL, 1, go);
    ContainerPlanner.exitWith(plan, 127);
    plan.mark(go);
  }

  private void becomeLeader() {
    plan.because("leave the caller's session and terminal");
    plan.call(Syscall.SETSID);
  }

  private void joinCgroups() {
    int index = 0;
    for (String file : launch.cgroup().joins()) {
      plan.because("join the cgroup of " + file);
      plan.call(Syscall.WRITE, value(Names.tasks(index++)), text("0"), num(1));
    }
  }

  /// Appends the steps that put this process into cgroups of version 1.
  ///
  /// "0" written to `tasks` by the process itself moves one thread without the kernel's lock of all
  /// thread groups, whose taker waits for an RCU grace period: a few milliseconds for each
  /// container.
  static void joinCgroups(PlanBuilder plan, List<String> files) {
    for (String file : files) {
      plan.because("join the cgroup of " + file);
      Slot fd = new Slot("tasksfd");
      plan.call(fd, Syscall.OPENAT, AT_FDCWD, text(file), or(O_WRONLY, O_CLOEXEC));
      plan.call(Syscall.WRITE, value(fd), text("0"), num(1));
    }
  }

  private void becomeRoot() {
    if (!launch.isolation().hasUserNamespace()) {
      return;
    }
    plan.because("become root of the user namespace", "--userns");
    plan.call(Syscall.SETRESGID, ZERO, ZERO, ZERO);
    plan.call(Syscall.SETRESUID, ZERO, ZERO, ZERO);
  }

  private void isolateCgroup() {
    if (launch.isolation().creates(Isolation.CLONE_NEWCGROUP)) {
      plan.because("make this cgroup the root of what the container sees", "--cgroupns");
      // Only now that the process is in its cgroup; cgroup_namespaces(7).
      plan.call(Syscall.UNSHARE, new Num(Isolation.CLONE_NEWCGROUP, "CLONE_NEWCGROUP"));
    }
  }

  private void raiseLoopback() {
    if (launch.isolation().creates(Isolation.CLONE_NEWNET)) {
      raiseLoopbackInterface(plan);
    }
  }

  /// Appends the steps that bring the loopback interface up.
  static void raiseLoopbackInterface(PlanBuilder plan) {
    plan.because("bring the loopback interface up", "--network");
    Slot socket = new Slot("socket");
    Num type = new Num(0x80002, "SOCK_DGRAM|SOCK_CLOEXEC");
    plan.call(socket, Syscall.SOCKET, new Num(2, "AF_INET"), type, new Num(0, "IPPROTO_IP"));
    byte[] name = new byte[16];
    name[0] = 'l';
    name[1] = 'o';
    byte[] request = new byte[40];
    System.arraycopy(name, 0, request, 0, 16);
    request[16] = 0x41; // IFF_UP | IFF_RUNNING; netdevice(7)
    Operand ifreq = new Operand.Data(request, "{ifr_name=\"lo\", ifr_flags=IFF_UP|IFF_RUNNING}");
    plan.call(Syscall.IOCTL, value(socket), new Num(0x8914, "SIOCSIFFLAGS"), ifreq);
  }

  private void setHostname() {
    String hostname = launch.hostname();
    if (!hostname.isEmpty()) {
      plan.because("set the host name", "--hostname");
      plan.call(Syscall.SETHOSTNAME, text(hostname), num(Operand.length(hostname)));
    }
  }

  private void setSysctls() {
    for (Launch.Sysctl sysctl : launch.sysctls()) {
      plan.because("set " + sysctl.path().replace('/', '.'), sysctl.option());
      Slot fd = new Slot("sysctlfd");
      // Through the host's /proc: what it shows below sys/net and sys/kernel is this process's
      // namespaces', and the container's own /proc/sys will be read-only.
      plan.call(
          fd,
          Syscall.OPENAT,
          AT_FDCWD,
          text("/proc/sys/" + sysctl.path()),
          or(O_WRONLY, O_CLOEXEC));
      plan.call(
          Syscall.WRITE, value(fd), text(sysctl.value()), num(Operand.length(sysctl.value())));
    }
  }

  private void setOomScore() {
    String score = launch.oomScoreAdj();
    if (score.isEmpty()) {
      return;
    }
    plan.because("set the out-of-memory score to " + score, "--oom-score-adj");
    FileSteps.write(plan, new Slot("scorefd"), text("/proc/self/oom_score_adj"), score);
  }

  private void takeStreams() {
    switch (launch.streams()) {
      // Standard input was emptied, if it is, before the container was made.
      case Streams.Inherited _ -> {
        if (launch.custody() instanceof Custody.Caller) {
          new NullStreams(plan).replace();
        }
      }
      case Streams.Logged _ -> {
        if (Streams.hasOpenInput(launch.streams())) {
          plan.because("read what attach writes", "-i");
          plan.call(Syscall.DUP3, value(Names.CHILD_INPUT), ZERO, ZERO);
        }
        plan.because("write to the log", "-d");
        plan.call(Syscall.DUP3, value(Names.CHILD_OUTPUT), num(1), ZERO);
        plan.call(Syscall.DUP3, value(Names.CHILD_ERRORS), num(2), ZERO);
      }
      case Streams.Relayed _, Streams.Shown _, Streams.LoggedTerminal _, Streams.Sent _ ->
          new ConsolePlanner(plan).adopt(launch.process().user().uid());
    }
  }

  /// Appends the steps that make standard input /dev/null.
  static void emptyInput(PlanBuilder plan) {
    plan.because("read nothing from standard input");
    Slot fd = new Slot("nullfd");
    plan.call(fd, Syscall.OPENAT, AT_FDCWD, text("/dev/null"), or(O_RDWR, O_CLOEXEC));
    plan.call(Syscall.DUP3, value(fd), ZERO, ZERO);
  }

  /// Appends the steps that leave only the standard streams, the socket as 3, and the trace open:
  /// before the working directory is entered, so that no path can lead through /proc/self/fd to the
  /// host (CVE-2024-21626).
  ///
  /// @param socketFd the number that the socket gets; what is below it is passed on
  /// @param traceFd the descriptor for the trace, a high one, or -1
  static void closeHostDescriptors(PlanBuilder plan, int socketFd, int traceFd) {
    plan.because("close every descriptor of the host");
    plan.call(
        Names.UNUSED,
        new OnError.Tolerate(EnumSet.of(Errno.EINVAL)),
        Syscall.DUP3,
        value(Names.CHILD_END),
        num(socketFd),
        O_CLOEXEC);
    plan.add(new Op.Assign(Names.CHILD_END, num(socketFd)));
    if (traceFd < 0) {
      plan.call(Syscall.CLOSE_RANGE, num(socketFd + 1L), Abi.LAST_FD, ZERO);
      return;
    }
    plan.call(Syscall.CLOSE_RANGE, num(socketFd + 1L), num(traceFd - 1L), ZERO);
    plan.call(Syscall.CLOSE_RANGE, num(traceFd + 1L), Abi.LAST_FD, ZERO);
    Num closeOnExec = new Num(1, "FD_CLOEXEC");
    plan.call(Syscall.FCNTL, num(traceFd), new Num(2, "F_SETFD"), closeOnExec);
  }

  /// Appends the steps that end this process if the supervisor died before the kernel was told to
  /// end it with the supervisor.
  static void checkSupervisor(PlanBuilder plan) {
    plan.because("see that the supervisor is alive");
    Label alive = plan.label("supervisor is alive");
    Num peek = new Num(0x42, "MSG_PEEK|MSG_DONTWAIT");
    plan.call(
        Names.COUNT,
        new OnError.Divert(EnumSet.of(Errno.EAGAIN), alive),
        Syscall.RECVFROM,
        value(Names.CHILD_END),
        at(Names.MESSAGE),
        num(1),
        peek,
        Abi.NULL,
        Abi.NULL);
    ContainerPlanner.exitWith(plan, 127);
    plan.mark(alive);
  }

  /// Appends the handler of the container's half: it tells the supervisor which step failed, and
  /// ends.
  static void report(PlanBuilder plan) {
    plan.mark(Names.CHILD_FAILED);
    plan.because("tell the supervisor what failed");
    Struct message =
        new Struct(
            List.of(
                new Field("step", 4, value(Plan.FAILED_STEP)),
                new Field("errno", 4, value(Plan.FAILED_ERRNO))));
    plan.attempt(Syscall.WRITE, value(Names.CHILD_END), message, num(8));
  }
}
