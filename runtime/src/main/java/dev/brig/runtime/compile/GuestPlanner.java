package dev.brig.runtime.compile;

import static dev.brig.namespaces.Abi.NULL;
import static dev.brig.namespaces.Abi.O_CLOEXEC;
import static dev.brig.namespaces.Abi.O_RDONLY;
import static dev.brig.namespaces.Abi.ZERO;
import static dev.brig.namespaces.Abi.num;
import static dev.brig.namespaces.Abi.or;
import static dev.brig.namespaces.Abi.text;
import static dev.brig.namespaces.Abi.value;

import dev.brig.linux.Syscall;
import dev.brig.namespaces.ProcessPlanner;
import dev.brig.namespaces.RootfsPlanner;
import dev.brig.namespaces.RootfsRequest.Terminal;
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
/// The machine's streams are ports of a virtio console: 1 to 3 pass on the command's standard
/// streams, on 4 the host says what is to happen, on 5 goes the report of the end; see
/// [GuestMessage]. With a terminal, the streams are that console itself. Further commands have
/// ports from 6 on; see [GuestExecSteps].
public final class GuestPlanner {
  /// What a machine says that only shows that it works.
  public static final String PROBE_WORD = "brig: it works\n";

  /// The machine's terminal.
  public static final String TERMINAL = "/dev/hvc0";

  private static final Num MS_RDONLY = new Num(1, "MS_RDONLY");

  private static final Slot NUMBER = new Slot("number");
  private static final Label FAILED = new Label("init failed");
  private static final Label COMMAND_FAILED = new Label("command failed");
  private static final Label TELL = new Label("tell the end");

  private final PlanBuilder plan = new PlanBuilder();
  private final Guest guest;
  private final GuestStreams streams;

  private GuestPlanner(Guest guest) {
    this.guest = guest;
    boolean terminal = guest.terminal() == Terminal.CONSOLE;
    this.streams =
        new GuestStreams(plan, terminal ? GuestStreams.Kind.CONSOLE : GuestStreams.Kind.PIPES);
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
    streams.make(guest.launch().settings().windowSize());
    GuestSupervision supervision = new GuestSupervision(plan, streams, GuestDevices.SIGNALS);
    supervision.listen();
    plan.because("run the command");
    Num flags = new Num(Names.SIGCHLD, "SIGCHLD");
    plan.call(GuestSupervision.COMMAND, Syscall.CLONE, flags, NULL, NULL, NULL, NULL);
    plan.branch(GuestSupervision.COMMAND, Condition.EQUAL, 0, command);
    streams.letGo();
    watch(supervision);
    tell();
    runCommand(command);
    fail();
    return plan.build();
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

  private void watch(GuestSupervision supervision) {
    Label next = plan.label("next event");
    Label alone = plan.label("nobody on the host");
    Label execution = plan.label("a further command");
    supervision.watch(alone, execution, next);
    plan.jump(TELL);
    plan.mark(alone);
    plan.attempt(Syscall.NANOSLEEP, GuestDevices.duration(1_000_000), NULL);
    plan.jump(next);
    plan.mark(execution);
    GuestExecSteps.run(plan, next);
  }

  /// The write returns when the host has it.
  private void tell() {
    plan.mark(TELL);
    plan.because("tell how the command ended");
    GuestSupervision.tell(plan, GuestDevices.STATUS);
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
    streams.take(guest.launch().process().user().uid());
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
    plan.add(new Op.Assign(NUMBER, num(Names.CLD_EXITED)));
    plan.add(new Op.Store(NUMBER, GuestMessage.REPORT, GuestMessage.CODE, 4));
    plan.add(new Op.Assign(NUMBER, num(125)));
    plan.add(new Op.Store(NUMBER, GuestMessage.REPORT, GuestMessage.STATUS, 4));
    plan.jump(TELL);
  }
}
