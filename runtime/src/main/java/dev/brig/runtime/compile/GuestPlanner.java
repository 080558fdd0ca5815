package dev.brig.runtime.compile;

import static dev.brig.namespaces.Abi.AT_FDCWD;
import static dev.brig.namespaces.Abi.NULL;
import static dev.brig.namespaces.Abi.O_CLOEXEC;
import static dev.brig.namespaces.Abi.O_NOCTTY;
import static dev.brig.namespaces.Abi.O_RDONLY;
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
import dev.brig.namespaces.ConsolePlanner;
import dev.brig.namespaces.ProcessPlanner;
import dev.brig.namespaces.RootfsPlanner;
import dev.brig.namespaces.RootfsRequest.Terminal;
import dev.brig.plan.Arithmetic;
import dev.brig.plan.Buffer;
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

/// Makes the plan of a virtual machine's init: it loads the drivers, puts the root together, runs
/// the command, says how that ended, and ends the machine.
///
/// The machine's streams are ports of a virtio console: 1 to 3 are the command's standard streams,
/// on 4 come signals, a byte each, on 5 goes [#STATUS_BYTES] of the end. With a terminal, the
/// streams are that console itself.
public final class GuestPlanner {
  /// How long the message of the end is: `si_code` and `si_status`, 32 bits each.
  static final int STATUS_BYTES = 8;

  /// What a machine says that only shows that it works.
  public static final String PROBE_WORD = "brig: it works\n";

  /// The machine's terminal.
  public static final String TERMINAL = "/dev/hvc0";

  private static final Num TCSBRK = new Num(0x5409, "TCSBRK");
  private static final Num TIOCSWINSZ = new Num(0x5414, "TIOCSWINSZ");
  private static final String PORT = "/dev/vport0p";
  private static final Num IN_CREATE = new Num(0x100, "IN_CREATE");
  private static final Num IN_CLOEXEC = new Num(0x80000, "IN_CLOEXEC");
  private static final Num SFD_CLOEXEC = new Num(0x80000, "SFD_CLOEXEC");
  private static final Num MS_RDONLY = new Num(1, "MS_RDONLY");
  private static final long SIGCHLD_MASK = 1L << (Names.SIGCHLD - 1);
  private static final long POLLHUP = 0x10;

  private static final Slot WATCH = new Slot("watchfd");
  private static final Slot SIGNALS = new Slot("signalsfd");
  private static final Slot STATUS = new Slot("statusfd");
  private static final Slot CHILDREN = new Slot("childrenfd");
  private static final Slot COMMAND = new Slot("command pid");
  private static final Slot ENDED = new Slot("si_pid");
  private static final Slot READY = new Slot("revents");
  private static final Buffer EVENT = new Buffer("event", 4096);
  private static final Buffer POLL = new Buffer("pollfds", 16);
  private static final Buffer SIGNAL = new Buffer("signal", 8);
  private static final Buffer RECORD = new Buffer("record", STATUS_BYTES);
  private static final Label FAILED = new Label("init failed");
  private static final Label COMMAND_FAILED = new Label("command failed");
  private static final Label TELL = new Label("tell the end");

  private final PlanBuilder plan = new PlanBuilder();
  private final Guest guest;

  private GuestPlanner(Guest guest) {
    this.guest = guest;
  }

  /// What a virtual machine runs.
  ///
  /// @param modules the drivers, in the order in which they are loaded
  /// @param sources the files that it has of the host, in the order in which they are mounted
  /// @param launch the root and the process; its namespaces, streams and cgroups do not matter, and
  ///   it has no terminal, since it would make one
  /// @param terminal whether the machine's terminal is the command's; the root has it as
  ///   /dev/console
  /// @param network what it has beside its loopback interface
  public record Guest(
      List<Module> modules,
      List<Source> sources,
      Launch launch,
      Terminal terminal,
      Network network) {
    /// Copies the lists.
    public Guest {
      modules = List.copyOf(modules);
      sources = List.copyOf(sources);
    }
  }

  /// What a machine is connected to.
  public enum Network {
    /// Itself.
    NONE,
    /// What the host reaches; see [GuestNetwork].
    USER
  }

  /// Files of the host's.
  public sealed interface Source {
    /// Returns the directory of the first root on which they are mounted.
    String target();

    /// An image in a disk.
    ///
    /// @param device the disk's name, `/dev/vda`
    record Disk(String device, String target) implements Source {}

    /// A directory that a server on the host shows.
    ///
    /// @param tag the server's name
    record Share(String tag, String target) implements Source {}
  }

  /// A driver.
  ///
  /// @param path where it lies in the first root
  /// @param parameters its parameters, as init_module(2) takes them
  public record Module(String path, String parameters) {}

  /// Returns the plan for a machine.
  public static Plan plan(Guest guest) {
    return new GuestPlanner(guest).all();
  }

  /// Returns the plan of a machine that only says [#PROBE_WORD] on its console, and ends.
  public static Plan probe() {
    PlanBuilder plan = new PlanBuilder();
    plan.because("say that the machine works");
    plan.attempt(Syscall.WRITE, num(1), text(PROBE_WORD), num(Operand.length(PROBE_WORD)));
    restart(plan);
    return plan.build();
  }

  private Plan all() {
    Label command = plan.label("command");
    plan.because("start");
    plan.add(new Op.Guard("init", FAILED));
    plan.add(new Op.Assign(STATUS, num(-1)));
    loadDrivers();
    openPorts();
    mountSources();
    RootfsPlanner rootfs = new RootfsPlanner(plan, guest.launch().rootfs());
    rootfs.build();
    setHostname();
    ChildPlanner.raiseLoopbackInterface(plan);
    if (guest.network() == Network.USER) {
      GuestNetwork.raise(plan);
    }
    rootfs.enter();
    takeStreams();
    listen();
    plan.because("run the command");
    Num flags = new Num(Names.SIGCHLD, "SIGCHLD");
    plan.call(COMMAND, Syscall.CLONE, flags, NULL, NULL, NULL, NULL);
    plan.branch(COMMAND, Condition.EQUAL, 0, command);
    watch();
    tell();
    runCommand(command);
    fail();
    return plan.build();
  }

  private void loadDrivers() {
    plan.because("let the kernel show devices in /dev");
    plan.call(Syscall.MOUNT, text("dev"), text("/dev"), text("devtmpfs"), ZERO, NULL);
    plan.because("find descriptors in /proc");
    plan.call(Syscall.MOUNT, text("proc"), text("/proc"), text("proc"), ZERO, NULL);
    for (Module module : guest.modules()) {
      plan.because("load " + module.path());
      Slot file = new Slot("modulefd");
      plan.call(file, Syscall.OPENAT, AT_FDCWD, text(module.path()), or(O_RDONLY, O_CLOEXEC));
      plan.tolerate(
          Errno.EEXIST, Syscall.FINIT_MODULE, value(file), text(module.parameters()), ZERO);
      plan.call(Syscall.CLOSE, value(file));
    }
  }

  private void openPorts() {
    plan.because("hear of new devices");
    plan.call(WATCH, Syscall.INOTIFY_INIT1, IN_CLOEXEC);
    plan.call(Syscall.INOTIFY_ADD_WATCH, value(WATCH), text("/dev"), IN_CREATE);
    if (!hasTerminal()) {
      open(Names.CHILD_INPUT, PORT + 1, or(O_RDONLY, O_CLOEXEC));
      open(Names.CHILD_OUTPUT, PORT + 2, or(O_WRONLY, O_CLOEXEC));
      open(Names.CHILD_ERRORS, PORT + 3, or(O_WRONLY, O_CLOEXEC));
    }
    open(SIGNALS, PORT + 4, or(O_RDONLY, O_CLOEXEC));
    open(STATUS, PORT + 5, or(O_WRONLY, O_CLOEXEC));
    awaitHost();
    if (hasTerminal()) {
      open(Names.OUTPUT, TERMINAL, or(O_RDWR, O_NOCTTY, O_CLOEXEC));
      plan.call(Syscall.CLOSE, value(Names.OUTPUT));
    }
  }

  private boolean hasTerminal() {
    return guest.terminal() == Terminal.CONSOLE;
  }

  /// Opens a device when it is there: drivers find their devices in their own time.
  private void open(Slot slot, String path, Num flags) {
    plan.because("open " + path);
    Label again = plan.label("look for " + path);
    Label absent = plan.label("wait for " + path);
    Label there = plan.label("have " + path);
    plan.mark(again);
    OnError unlessAbsent = new OnError.Divert(EnumSet.of(Errno.ENOENT), absent);
    plan.call(slot, unlessAbsent, Syscall.OPENAT, AT_FDCWD, text(path), flags);
    plan.jump(there);
    plan.mark(absent);
    plan.call(Syscall.READ, value(WATCH), at(EVENT), num(EVENT.sizeBytes()));
    plan.jump(again);
    plan.mark(there);
  }

  /// The host says in the order of the ports that it is there. Before that, whoever reads meets the
  /// end of what there is to read.
  private void awaitHost() {
    plan.because("wait until the host has opened the ports");
    Label again = plan.label("see whether it has");
    Label open = plan.label("it has");
    Struct moment =
        new Struct(List.of(new Field("tv_sec", 8, ZERO), new Field("tv_nsec", 8, num(1_000_000))));
    plan.mark(again);
    poll(STATUS, 0, 4);
    plan.call(Syscall.PPOLL, at(POLL), num(1), NULL, NULL, ZERO);
    plan.load(READY, POLL, 6, 2);
    plan.add(new Op.Compute(READY, READY, Arithmetic.AND, num(POLLHUP)));
    plan.branch(READY, Condition.EQUAL, 0, open);
    // No event says so.
    plan.attempt(Syscall.NANOSLEEP, moment, NULL);
    plan.jump(again);
    plan.mark(open);
  }

  private void poll(Slot descriptor, int offset, int events) {
    plan.add(new Op.Store(descriptor, POLL, offset, 4));
    plan.add(new Op.Assign(READY, num(events)));
    plan.add(new Op.Store(READY, POLL, offset + 4, 4));
  }

  private void mountSources() {
    for (Source source : guest.sources()) {
      switch (source) {
        case Source.Disk(String device, String target) -> {
          open(Names.OUTPUT, device, or(O_RDONLY, O_CLOEXEC));
          plan.because("mount a layer");
          plan.call(Syscall.CLOSE, value(Names.OUTPUT));
          plan.call(Syscall.MOUNT, text(device), text(target), text("erofs"), MS_RDONLY, NULL);
        }
        case Source.Share(String tag, String target) -> {
          plan.because("mount what the host shows");
          plan.call(Syscall.MOUNT, text(tag), text(target), text("virtiofs"), ZERO, NULL);
        }
      }
    }
  }

  private void setHostname() {
    String hostname = guest.launch().hostname();
    if (!hostname.isEmpty()) {
      plan.because("set the host name", "--hostname");
      plan.call(Syscall.SETHOSTNAME, text(hostname), num(Operand.length(hostname)));
    }
  }

  private void takeStreams() {
    if (hasTerminal()) {
      plan.because("open the terminal by the name that ttyname(3) finds", "-t");
      Num flags = or(O_RDWR, O_NOCTTY, O_CLOEXEC);
      plan.call(ConsolePlanner.SLAVE, Syscall.OPENAT, AT_FDCWD, text("/dev/console"), flags);
      return;
    }
    plan.because("take the ports as standard streams");
    plan.call(Syscall.DUP3, value(Names.CHILD_INPUT), ZERO, ZERO);
    plan.call(Syscall.DUP3, value(Names.CHILD_OUTPUT), num(1), ZERO);
    plan.call(Syscall.DUP3, value(Names.CHILD_ERRORS), num(2), ZERO);
  }

  private void listen() {
    plan.because("take the ends of children as messages");
    Operand mask = new Operand.Data(bytes(SIGCHLD_MASK), "[CHLD]");
    plan.call(Syscall.RT_SIGPROCMASK, Names.SIG_SETMASK, mask, NULL, num(8));
    plan.call(CHILDREN, Syscall.SIGNALFD4, new Num(-1), mask, num(8), SFD_CLOEXEC);
  }

  private static byte[] bytes(long number) {
    byte[] bytes = new byte[8];
    for (int i = 0; i < 8; i++) {
      bytes[i] = (byte) (number >>> (8 * i));
    }
    return bytes;
  }

  private void watch() {
    Label next = plan.label("next event");
    Label reap = plan.label("reap");
    Label children = plan.label("see to children");
    plan.jump(reap);
    plan.mark(next);
    plan.because("wait for a signal, or the end of a child");
    poll(CHILDREN, 0, 1);
    poll(SIGNALS, 8, 1);
    plan.call(Syscall.PPOLL, at(POLL), num(2), NULL, NULL, ZERO);
    plan.load(READY, POLL, 14, 2);
    plan.add(new Op.Compute(READY, READY, Arithmetic.AND, num(1)));
    plan.branch(READY, Condition.EQUAL, 0, children);
    plan.because("pass a signal on");
    plan.call(Names.COUNT, Syscall.READ, value(SIGNALS), at(SIGNAL), num(1));
    plan.load(Names.SIGNAL, SIGNAL, 0, 1);
    plan.attempt(Syscall.KILL, value(COMMAND), value(Names.SIGNAL));
    plan.mark(children);
    plan.load(READY, POLL, 6, 2);
    plan.branch(READY, Condition.EQUAL, 0, next);
    plan.call(Names.COUNT, Syscall.READ, value(CHILDREN), at(EVENT), num(128));
    plan.mark(reap);
    plan.because("reap what has ended");
    plan.call(
        Syscall.WAITID, new Num(0, "P_ALL"), ZERO, at(Names.SIGINFO), Names.WEXITED_NOHANG, NULL);
    plan.load(ENDED, Names.SIGINFO, Names.SI_PID, 4);
    plan.branch(ENDED, Condition.EQUAL, 0, next);
    plan.add(new Op.Compute(ENDED, ENDED, Arithmetic.SUBTRACT, value(COMMAND)));
    plan.branch(ENDED, Condition.NOT_EQUAL, 0, reap);
    plan.load(ENDED, Names.SIGINFO, Names.SI_CODE, 4);
    plan.add(new Op.Store(ENDED, RECORD, 0, 4));
    plan.load(ENDED, Names.SIGINFO, Names.SI_STATUS, 4);
    plan.add(new Op.Store(ENDED, RECORD, 4, 4));
  }

  /// The write returns when the host has it; tcdrain(3) when it has what the terminal was to show.
  private void tell() {
    plan.mark(TELL);
    plan.because("tell how the command ended");
    if (hasTerminal()) {
      plan.attempt(Syscall.IOCTL, value(ConsolePlanner.SLAVE), TCSBRK, num(1));
    }
    plan.attempt(Syscall.WRITE, value(STATUS), at(RECORD), num(STATUS_BYTES));
    restart(plan);
  }

  private static void restart(PlanBuilder plan) {
    Label never = plan.label("the machine has ended");
    plan.because("end the machine");
    plan.attempt(
        Syscall.REBOOT,
        new Num(0xfee1deadL, "LINUX_REBOOT_MAGIC1"),
        new Num(672274793L, "LINUX_REBOOT_MAGIC2"),
        new Num(0x1234567L, "LINUX_REBOOT_CMD_RESTART"),
        NULL);
    plan.mark(never);
    plan.attempt(Syscall.PPOLL, NULL, ZERO, NULL, NULL, ZERO);
    plan.jump(never);
  }

  private void runCommand(Label command) {
    plan.add(new Op.Guard("command", COMMAND_FAILED));
    plan.mark(command);
    plan.because("lead a session of its own");
    plan.call(Syscall.SETSID);
    if (hasTerminal()) {
      Operand size = guest.launch().settings().windowSize();
      if (!size.equals(NULL)) {
        plan.call(Syscall.IOCTL, value(ConsolePlanner.SLAVE), TIOCSWINSZ, size);
      }
      new ConsolePlanner(plan).adopt(guest.launch().process().user().uid());
    }
    new SettingSteps(plan, guest.launch().settings()).apply();
    ProcessPlanner process = new ProcessPlanner(plan, guest.launch().process());
    process.confine();
    // The first step of these unblocks signals.
    int firstExecution = plan.latestCall() + 2;
    process.execute();
    int lastExecution = plan.latestCall();
    plan.mark(COMMAND_FAILED);
    EndPlanner.sayFailure(plan);
    ExitSteps.exitAsTheFieldHasIt(plan, firstExecution, lastExecution);
  }

  private void fail() {
    plan.add(new Op.Guard("init", FAILED));
    plan.mark(FAILED);
    EndPlanner.sayFailure(plan);
    plan.add(new Op.Assign(ENDED, num(Names.CLD_EXITED)));
    plan.add(new Op.Store(ENDED, RECORD, 0, 4));
    plan.add(new Op.Assign(ENDED, num(125)));
    plan.add(new Op.Store(ENDED, RECORD, 4, 4));
    plan.jump(TELL);
  }
}
