package dev.brig.runtime.compile;

import static dev.brig.namespaces.Abi.AT_FDCWD;
import static dev.brig.namespaces.Abi.LAST_FD;
import static dev.brig.namespaces.Abi.O_CLOEXEC;
import static dev.brig.namespaces.Abi.O_CREAT;
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

import dev.brig.linux.Errno;
import dev.brig.linux.KernelText;
import dev.brig.linux.Syscall;
import dev.brig.plan.Condition;
import dev.brig.plan.Label;
import dev.brig.plan.OnError;
import dev.brig.plan.Op;
import dev.brig.plan.Operand;
import dev.brig.plan.Operand.Field;
import dev.brig.plan.Operand.Format;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.Operand.Struct;
import dev.brig.plan.Plan;
import dev.brig.plan.PlanBuilder;
import dev.brig.plan.Slot;
import java.util.EnumSet;
import java.util.List;

/// Makes the steps around the gate at which a container's process waits to be started: two named
/// pipes in the container's directory.
///
/// ```
///   exec.fifo      start ── one byte ───────────────▶ the process goes on
///   failure.fifo   start ◀── step, errno, text ────── a step after the gate failed
///                  start ◀── end of file ──────────── the command runs: execve closed the pipe
/// ```
///
/// The process holds both ends of both, so that opening blocks nobody; once it has died nobody
/// does, and the kernel tells `start` so at once (ENXIO).
final class GateSteps {
  static final String GO = "/exec.fifo";
  static final String FAILURE = "/failure.fifo";

  /// The handler of a failure behind the gate.
  static final Label FAILED = new Label("failed behind the gate");

  private static final int FIRST_FD = 3;
  private static final Num FIFO = new Num(0x1000 | 0600, "S_IFIFO|0600");
  private static final Slot TOLD = new Slot("failurefd");

  private final PlanBuilder plan;
  private final Launch launch;
  private final Custody.Caller caller;
  private final int go;
  private final int failure;
  private final int socket;

  GateSteps(PlanBuilder plan, Launch launch, Custody.Caller caller) {
    this.plan = plan;
    this.launch = launch;
    this.caller = caller;
    this.go = FIRST_FD + caller.preservedFds();
    this.failure = go + 1;
    this.socket = go + 2;
  }

  /// Appends the steps that make and open the pipes, in a process whose descriptor table was just
  /// cleaned, so that they get the first free numbers.
  void open() {
    plan.because("make the gate at which the container waits to be started");
    open(GO, go);
    open(FAILURE, failure);
  }

  private void open(String name, int fd) {
    String path = launch.state().directory() + name;
    plan.call(Syscall.MKNODAT, AT_FDCWD, text(path), FIFO);
    Slot opened = new Slot("gatefd");
    plan.call(opened, Syscall.OPENAT, AT_FDCWD, text(path), or(O_RDWR, O_CLOEXEC));
    OnError there = new OnError.Tolerate(EnumSet.of(Errno.EINVAL));
    plan.call(Names.UNUSED, there, Syscall.DUP3, value(opened), num(fd), O_CLOEXEC);
  }

  /// Returns the steps that hand a seccomp filter's listener over.
  ListenerSteps listener() {
    return new ListenerSteps(plan, caller.listener(), socket + 1, Names.PID);
  }

  /// Appends the host's steps that wait until the container's process waits at the gate.
  void await() {
    if (caller.hooks().hasOutside()) {
      Label asked = plan.label("asked for hooks");
      plan.because("wait until the container's namespaces are made");
      hear();
      plan.branch(Names.COUNT, Condition.EQUAL, 1, asked);
      died();
      plan.mark(asked);
      HookSteps hooks = new HookSteps(plan, caller.hooks());
      hooks.run("prestart", caller.hooks().hooks().prestart(), "creating", Names.PID, Names.FAILED);
      hooks.run(
          "createRuntime",
          caller.hooks().hooks().createRuntime(),
          "creating",
          Names.PID,
          Names.FAILED);
      plan.because("let the container go on");
      plan.tolerate(Errno.EPIPE, Syscall.WRITE, value(Names.HOST_END), text("g"), num(1));
    }
    Label ready = plan.label("waits at the gate");
    new StartedSteps(plan, launch.streams(), listener()).await();
    plan.branch(Names.COUNT, Condition.EQUAL, 1, ready);
    died();
    plan.mark(ready);
    writePidFile(plan, caller.pidFile());
  }

  private void hear() {
    Label again = plan.label("hear the container");
    plan.mark(again);
    plan.call(
        Names.COUNT,
        new OnError.Divert(EnumSet.of(Errno.ECONNRESET), again),
        Syscall.READ,
        value(Names.HOST_END),
        at(Names.MESSAGE),
        num(8));
    plan.branch(Names.COUNT, Condition.EQUAL, 8, StartedSteps.CHILD_REPORTED);
  }

  /// The container's process has ended without a word: somebody has killed it.
  private void died() {
    plan.add(new Op.Assign(Plan.FAILED_STEP, num(plan.latestCall())));
    plan.add(new Op.Assign(Plan.FAILED_ERRNO, num(Errno.ESRCH.number())));
    plan.jump(Names.FAILED);
  }

  /// Appends the steps that write the number of [Names#PID] to a file, whole or not at all, and
  /// without a line break, as callers of OCI runtimes read it.
  static void writePidFile(PlanBuilder plan, String path) {
    if (path.isEmpty()) {
      return;
    }
    plan.because("write the process's number to " + path, "--pid-file");
    Slot fd = new Slot("filefd");
    Num flags = or(O_WRONLY, O_CREAT, O_TRUNC, O_CLOEXEC);
    plan.call(fd, Syscall.OPENAT, AT_FDCWD, text(beside(path)), flags, mode(0644));
    writePidFile(plan, fd, path);
  }

  /// Appends the steps that write the number to the file open beside its place, and put it there.
  static void writePidFile(PlanBuilder plan, Slot fd, String path) {
    plan.because("write the process's number to " + path, "--pid-file");
    Format pid = new Format(List.of(value(Names.PID)));
    plan.call(Syscall.WRITE, value(fd), pid, new Operand.FormatLength(pid));
    plan.call(Syscall.CLOSE, value(fd));
    plan.call(Syscall.RENAMEAT2, AT_FDCWD, text(beside(path)), AT_FDCWD, text(path), ZERO);
  }

  /// Returns the path of a file that is to take another's place.
  static String beside(String path) {
    int slash = path.lastIndexOf('/');
    return path.substring(0, slash + 1) + "." + path.substring(slash + 1) + ".new";
  }

  /// Appends the host's steps that start the container and wait until its command runs.
  void start() {
    plan.because("start the container");
    String path = launch.state().directory() + FAILURE;
    plan.call(TOLD, Syscall.OPENAT, AT_FDCWD, text(path), or(O_RDONLY, O_CLOEXEC));
    plan.call(Syscall.CLOSE, num(failure));
    plan.call(Syscall.WRITE, num(go), text("g"), num(1));
    plan.call(Syscall.CLOSE, num(go));
    plan.attempt(Syscall.UNLINKAT, AT_FDCWD, text(launch.state().directory() + GO), ZERO);
    plan.attempt(Syscall.UNLINKAT, AT_FDCWD, text(path), ZERO);
    Label started = plan.label("the command runs");
    Num size = num(Names.MESSAGE.sizeBytes());
    plan.call(Names.COUNT, Syscall.READ, value(TOLD), at(Names.MESSAGE), size);
    plan.branch(Names.COUNT, Condition.LESS, 8, started);
    plan.jump(StartedSteps.CHILD_REPORTED);
    plan.mark(started);
    plan.call(Syscall.CLOSE, value(TOLD));
    new HookSteps(plan, caller.hooks())
        .run("poststart", caller.hooks().hooks().poststart(), "running", Names.PID, Names.FAILED);
  }

  /// Appends the container's steps that let the hooks outside run before its root is entered, and
  /// then run those of the container.
  void callHooks() {
    if (caller.hooks().hasOutside()) {
      Label go = plan.label("hooks have run");
      plan.because("let the hooks outside run");
      plan.call(Syscall.WRITE, value(Names.CHILD_END), text("h"), num(1));
      plan.call(Names.COUNT, Syscall.READ, value(Names.CHILD_END), at(Names.MESSAGE), num(1));
      plan.branch(Names.COUNT, Condition.EQUAL, 1, go);
      ContainerPlanner.exitWith(plan, 127);
      plan.mark(go);
    }
    if (!caller.hooks().hooks().createContainer().isEmpty()) {
      Slot pid = ownPid();
      new HookSteps(plan, caller.hooks())
          .run(
              "createContainer",
              caller.hooks().hooks().createContainer(),
              "creating",
              pid,
              Names.CHILD_FAILED);
    }
  }

  private Slot ownPid() {
    Slot pid = new Slot("own pid");
    plan.because("see the own number");
    plan.call(pid, Syscall.GETPID);
    return pid;
  }

  /// Appends the container's steps that leave only the standard streams, what is passed on, the
  /// gate and the socket open.
  void closeTheRest() {
    plan.because("close every descriptor of the host");
    OnError there = new OnError.Tolerate(EnumSet.of(Errno.EINVAL));
    plan.call(Names.UNUSED, there, Syscall.DUP3, value(Names.CHILD_END), num(socket), O_CLOEXEC);
    plan.add(new Op.Assign(Names.CHILD_END, num(socket)));
    plan.call(Syscall.CLOSE_RANGE, num(socket + 1L), LAST_FD, ZERO);
  }

  /// Appends the container's steps that wait at the gate, and behind it run the last hooks.
  void pass() {
    // A change of the user could have changed that.
    ChildPlanner.hide(plan);
    plan.because("wait at the gate until the container is started");
    plan.call(Syscall.WRITE, value(Names.CHILD_END), text("r"), num(1));
    plan.call(Syscall.CLOSE, value(Names.CHILD_END));
    plan.add(new Op.Guard("container", FAILED));
    Label wait = plan.label("wait at the gate");
    plan.mark(wait);
    OnError interrupted = new OnError.Divert(EnumSet.of(Errno.EINTR), wait);
    plan.call(Names.COUNT, interrupted, Syscall.READ, num(go), at(Names.MESSAGE), num(1));
    if (!caller.hooks().hooks().startContainer().isEmpty()) {
      Slot pid = ownPid();
      new HookSteps(plan, caller.hooks())
          .run("startContainer", caller.hooks().hooks().startContainer(), "created", pid, FAILED);
    }
  }

  /// Appends the handler of failures behind the gate: they are told to `start`, and on the
  /// container's standard error.
  void report() {
    plan.mark(FAILED);
    plan.because("tell who started the container what failed");
    Struct message =
        new Struct(
            List.of(
                new Field("step", 4, value(Plan.FAILED_STEP)),
                new Field("errno", 4, value(Plan.FAILED_ERRNO))));
    Struct vectors =
        new Struct(
            List.of(
                new Field("iov_base", 8, new Operand.Address(message)),
                new Field("iov_len", 8, num(8)),
                new Field("iov_base", 8, new Operand.StepText(Plan.FAILED_STEP)),
                new Field("iov_len", 8, new Operand.StepTextLength(Plan.FAILED_STEP))));
    plan.attempt(Syscall.WRITEV, num(failure), vectors, num(2));
    EndPlanner.sayFailure(plan);
    Label missing = plan.label("not found");
    plan.branch(Plan.FAILED_ERRNO, Condition.EQUAL, Errno.ENOENT.number(), missing);
    ContainerPlanner.exitWith(plan, 126);
    plan.mark(missing);
    ContainerPlanner.exitWith(plan, 127);
  }

  /// Appends the steps that open a way to the socket on which the caller waits for the terminal.
  ///
  /// @param into the slot that gets the descriptor
  /// @param path the socket's path
  static void connect(PlanBuilder plan, Slot into, String path) {
    Num type = new Num(0x80001, "SOCK_STREAM|SOCK_CLOEXEC");
    plan.call(into, Syscall.SOCKET, new Num(1, "AF_UNIX"), type, ZERO);
    plan.call(Syscall.CONNECT, value(into), address(path), num(addressBytes(path)));
  }

  /// Returns the address of a socket that has a path; unix(7).
  static Operand address(String path) {
    byte[] name = KernelText.encode(path);
    byte[] address = new byte[addressBytes(path)];
    address[0] = 1;
    System.arraycopy(name, 0, address, 2, name.length);
    return new Operand.Data(address, "{sa_family=AF_UNIX, sun_path=\"" + path + "\"}");
  }

  /// Returns how long such an address is.
  static int addressBytes(String path) {
    return 2 + KernelText.encode(path).length + 1;
  }
}
