package dev.brig.runtime.compile;

import static dev.brig.namespaces.Abi.AT_FDCWD;
import static dev.brig.namespaces.Abi.NULL;
import static dev.brig.namespaces.Abi.O_CLOEXEC;
import static dev.brig.namespaces.Abi.O_NOCTTY;
import static dev.brig.namespaces.Abi.O_RDONLY;
import static dev.brig.namespaces.Abi.O_RDWR;
import static dev.brig.namespaces.Abi.ZERO;
import static dev.brig.namespaces.Abi.at;
import static dev.brig.namespaces.Abi.num;
import static dev.brig.namespaces.Abi.or;
import static dev.brig.namespaces.Abi.text;
import static dev.brig.namespaces.Abi.value;

import dev.brig.linux.Syscall;
import dev.brig.namespaces.ConsolePlanner;
import dev.brig.namespaces.ProcessPlanner;
import dev.brig.namespaces.RootfsPlanner;
import dev.brig.namespaces.RootfsRequest.Terminal;
import dev.brig.plan.Arithmetic;
import dev.brig.plan.Buffer;
import dev.brig.plan.Condition;
import dev.brig.plan.Label;
import dev.brig.plan.Op;
import dev.brig.plan.Operand;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.Plan;
import dev.brig.plan.PlanBuilder;
import dev.brig.plan.Slot;
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
  private static final Num SFD_CLOEXEC = new Num(0x80000, "SFD_CLOEXEC");
  private static final Num MS_RDONLY = new Num(1, "MS_RDONLY");
  private static final long SIGCHLD_MASK = 1L << (Names.SIGCHLD - 1);

  private static final Slot CHILDREN = new Slot("childrenfd");
  private static final Slot COMMAND = new Slot("command pid");
  private static final Slot ENDED = new Slot("si_pid");
  private static final Buffer EVENT = new Buffer("event", 4096);
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
    plan.add(new Op.Assign(GuestDevices.STATUS, num(-1)));
    GuestDevices devices = new GuestDevices(plan);
    devices.loadDrivers(guest.modules());
    devices.openPorts(guest.terminal());
    mountSources(devices);
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

  private boolean hasTerminal() {
    return guest.terminal() == Terminal.CONSOLE;
  }

  private void mountSources(GuestDevices devices) {
    for (Source source : guest.sources()) {
      switch (source) {
        case Source.Disk(String device, String target) -> {
          devices.open(Names.OUTPUT, device, or(O_RDONLY, O_CLOEXEC));
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
    GuestDevices.poll(plan, CHILDREN, 0, 1);
    GuestDevices.poll(plan, GuestDevices.SIGNALS, 8, 1);
    plan.call(Syscall.PPOLL, at(GuestDevices.POLL), num(2), NULL, NULL, ZERO);
    plan.load(GuestDevices.READY, GuestDevices.POLL, 14, 2);
    plan.add(new Op.Compute(GuestDevices.READY, GuestDevices.READY, Arithmetic.AND, num(1)));
    plan.branch(GuestDevices.READY, Condition.EQUAL, 0, children);
    plan.because("pass a signal on");
    plan.call(Names.COUNT, Syscall.READ, value(GuestDevices.SIGNALS), at(SIGNAL), num(1));
    plan.load(Names.SIGNAL, SIGNAL, 0, 1);
    plan.attempt(Syscall.KILL, value(COMMAND), value(Names.SIGNAL));
    plan.mark(children);
    plan.load(GuestDevices.READY, GuestDevices.POLL, 6, 2);
    plan.branch(GuestDevices.READY, Condition.EQUAL, 0, next);
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
    plan.attempt(Syscall.WRITE, value(GuestDevices.STATUS), at(RECORD), num(STATUS_BYTES));
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
