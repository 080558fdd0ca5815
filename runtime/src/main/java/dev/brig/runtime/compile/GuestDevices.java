package dev.brig.runtime.compile;

import static dev.brig.namespaces.Abi.AT_FDCWD;
import static dev.brig.namespaces.Abi.NULL;
import static dev.brig.namespaces.Abi.O_CLOEXEC;
import static dev.brig.namespaces.Abi.O_NOCTTY;
import static dev.brig.namespaces.Abi.O_PATH;
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
import dev.brig.namespaces.RootfsRequest.Terminal;
import dev.brig.plan.Arithmetic;
import dev.brig.plan.Buffer;
import dev.brig.plan.Condition;
import dev.brig.plan.Label;
import dev.brig.plan.OnError;
import dev.brig.plan.Op;
import dev.brig.plan.Operand.Field;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.Operand.Struct;
import dev.brig.plan.PlanBuilder;
import dev.brig.plan.Slot;
import java.util.EnumSet;
import java.util.List;

/// The steps of a virtual machine's init that have to do with its devices.
final class GuestDevices {
  /// The port on which signals come.
  static final Slot SIGNALS = new Slot("signalsfd");

  /// The port on which the end is told.
  static final Slot STATUS = new Slot("statusfd");

  /// The directory of devices, whatever root a process is in.
  static final Slot DEVICES = new Slot("devicesfd");

  private static final String PORT = "/dev/vport0p";
  private static final Num IN_CREATE = new Num(0x100, "IN_CREATE");
  private static final Num IN_CLOEXEC = new Num(0x80000, "IN_CLOEXEC");
  private static final long POLLOUT = 4;
  private static final long POLLHUP = 0x10;
  private static final Slot WATCH = new Slot("watchfd");
  private static final Slot READY = new Slot("revents");
  private static final Buffer POLL = new Buffer("pollfd", 8);
  private static final Buffer EVENT = new Buffer("device event", 4096);

  private final PlanBuilder plan;

  GuestDevices(PlanBuilder plan) {
    this.plan = plan;
  }

  /// Appends the steps that load drivers, after those that let the kernel show what they find.
  void loadDrivers(List<GuestPlanner.Module> modules) {
    plan.because("let the kernel show devices in /dev");
    plan.call(Syscall.MOUNT, text("dev"), text("/dev"), text("devtmpfs"), ZERO, NULL);
    plan.call(DEVICES, Syscall.OPENAT, AT_FDCWD, text("/dev"), or(O_RDONLY, O_CLOEXEC, O_PATH));
    plan.because("find descriptors in /proc");
    plan.call(Syscall.MOUNT, text("proc"), text("/proc"), text("proc"), ZERO, NULL);
    for (GuestPlanner.Module module : modules) {
      plan.because("load " + module.path());
      Slot file = new Slot("modulefd");
      plan.call(file, Syscall.OPENAT, AT_FDCWD, text(module.path()), or(O_RDONLY, O_CLOEXEC));
      load(module, file);
      plan.call(Syscall.CLOSE, value(file));
    }
  }

  /// The kernel unpacks the first root while it does other things, and closes a file that it has
  /// written in its own time: until then that one is busy (init/initramfs.c, fput(), execve(2)).
  private void load(GuestPlanner.Module module, Slot file) {
    Slot result = new Slot("loaded");
    Label again = plan.label("try to load " + module.path());
    Label loaded = plan.label("has loaded " + module.path());
    plan.mark(again);
    plan.call(
        result,
        new OnError.Tolerate(EnumSet.of(Errno.EEXIST, Errno.ETXTBSY)),
        Syscall.FINIT_MODULE,
        value(file),
        text(module.parameters()),
        ZERO);
    plan.branch(result, Condition.NOT_EQUAL, -Errno.ETXTBSY.number(), loaded);
    plan.attempt(Syscall.NANOSLEEP, duration(1_000_000), NULL);
    plan.jump(again);
    plan.mark(loaded);
  }

  /// Appends the steps that open the ports, and wait until the host has, too.
  void openPorts(Terminal terminal) {
    plan.because("hear of new devices");
    plan.call(WATCH, Syscall.INOTIFY_INIT1, IN_CLOEXEC);
    plan.call(Syscall.INOTIFY_ADD_WATCH, value(WATCH), text("/dev"), IN_CREATE);
    if (terminal == Terminal.NONE) {
      open(GuestStreams.INPUT_PORT, PORT + 1, or(O_RDONLY, O_CLOEXEC));
      open(GuestStreams.OUTPUT_PORT, PORT + 2, or(O_WRONLY, O_CLOEXEC));
      open(GuestStreams.ERRORS_PORT, PORT + 3, or(O_WRONLY, O_CLOEXEC));
    }
    open(SIGNALS, PORT + 4, or(O_RDONLY, O_CLOEXEC));
    open(STATUS, PORT + 5, or(O_WRONLY, O_CLOEXEC));
    awaitHost();
    if (terminal == Terminal.CONSOLE) {
      open(Names.OUTPUT, GuestPlanner.TERMINAL, or(O_RDWR, O_NOCTTY, O_CLOEXEC));
      plan.call(Syscall.CLOSE, value(Names.OUTPUT));
    }
  }

  /// Appends the steps that open a device when it is there: drivers find their devices in their own
  /// time.
  void open(Slot slot, String path, Num flags) {
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
    plan.mark(again);
    plan.add(new Op.Store(STATUS, POLL, 0, 4));
    plan.add(new Op.Assign(READY, num(POLLOUT)));
    plan.add(new Op.Store(READY, POLL, 4, 4));
    plan.call(Syscall.PPOLL, at(POLL), num(1), NULL, NULL, ZERO);
    plan.load(READY, POLL, 6, 2);
    plan.add(new Op.Compute(READY, READY, Arithmetic.AND, num(POLLHUP)));
    plan.branch(READY, Condition.EQUAL, 0, open);
    // No event says so.
    plan.attempt(Syscall.NANOSLEEP, duration(1_000_000), NULL);
    plan.jump(again);
    plan.mark(open);
  }

  /// Returns a duration of less than a second.
  static Struct duration(long nanos) {
    return new Struct(List.of(new Field("tv_sec", 8, ZERO), new Field("tv_nsec", 8, num(nanos))));
  }
}
