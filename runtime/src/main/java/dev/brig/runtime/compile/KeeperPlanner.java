package dev.brig.runtime.compile;

import static dev.brig.namespaces.Abi.AT_FDCWD;
import static dev.brig.namespaces.Abi.NULL;
import static dev.brig.namespaces.Abi.O_CLOEXEC;
import static dev.brig.namespaces.Abi.O_RDWR;
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
import dev.brig.plan.Operand;
import dev.brig.plan.Operand.Field;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.Operand.Struct;
import dev.brig.plan.PlanBuilder;
import dev.brig.plan.Slot;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;

/// Makes the first process of a container run another program as its child that runs the command in
/// a guest: it shows what the guest writes, passes signals on, and ends as the guest's command did.
///
/// The guest's output comes through pipes. An emulator opens its files by path, which it can't do
/// with a socket of the caller's, and gVisor writes to a regular file at an offset of its own, over
/// what others have written there meanwhile.
final class KeeperPlanner {
  private static final Label FAILED = new Label("keeper failed");
  private static final Slot RUNNER = new Slot("runner pid");
  private static final Slot SIGNALS = new Slot("keeper signalfd");
  private static final Slot TO_MACHINE = new Slot("machine's signalsfd");
  private static final Slot FROM_MACHINE = new Slot("machine's statusfd");
  private static final Slot OTHER = new Slot("pipefd");
  private static final Slot ENDED = new Slot("si_pid");
  private static final Slot GONE = new Slot("runner is gone");
  private static final Slot SAID = new Slot("the machine said how it ended");
  private static final Slot SHOWN = new Slot("shown bytes");
  private static final Slot STDOUT = new Slot("stdout");
  private static final Slot STDERR = new Slot("stderr");
  private static final Buffer EVENT = new Buffer("signalfd_siginfo", 128);
  private static final Buffer POLL = new Buffer("keeper's pollfds", 32);
  private static final Num TIOCGWINSZ = new Num(0x5413, "TIOCGWINSZ");

  private final PlanBuilder plan;
  private final Keeper keeper;
  private final Terminal terminal;

  KeeperPlanner(PlanBuilder plan, Keeper keeper, Terminal terminal) {
    this.plan = plan;
    this.keeper = keeper;
    this.terminal = terminal;
  }

  /// Appends the fork, the keeper's loop, and the first steps of the child, which goes on to become
  /// what runs the guest. Without a guest there is nothing to keep.
  void split() {
    if (keeper instanceof Keeper.None) {
      return;
    }
    Label runner = plan.label("runner of the guest");
    plan.because("take signals as messages");
    byte[] all = {-1, -1, -1, -1, -1, -1, -1, -1};
    Operand mask = new Operand.Data(all, "~[]");
    plan.call(Syscall.RT_SIGPROCMASK, Names.SIG_SETMASK, mask, NULL, num(8));
    Num flags = new Num(0x80000, "SFD_CLOEXEC");
    plan.call(SIGNALS, Syscall.SIGNALFD4, new Num(-1), mask, num(8), flags);
    if (keeper instanceof Keeper.Machine machine) {
      serve(machine);
    }
    makePipes();
    plan.because("run what runs the guest below a small init");
    plan.call(RUNNER, Syscall.CLONE, new Num(Names.SIGCHLD, "SIGCHLD"), NULL, NULL, NULL, NULL);
    plan.branch(RUNNER, Condition.EQUAL, 0, runner);
    plan.add(new Op.Guard("init", FAILED));
    keep();
    plan.add(new Op.Guard("container", Names.CHILD_FAILED));
    plan.mark(runner);
    leadGroup();
    if (keeper instanceof Keeper.Sandbox && isPiped()) {
      plan.because("write to the keeper");
      plan.call(Syscall.DUP3, num(Keeper.OUTPUT_FD), num(1), ZERO);
      plan.call(Syscall.DUP3, num(Keeper.ERRORS_FD), num(2), ZERO);
    }
  }

  /// An emulator takes a terminal's keys as they are: nothing but its size makes a signal, and that
  /// is for the keeper.
  private void leadGroup() {
    if (isPiped() || keeper instanceof Keeper.Sandbox) {
      InitPlanner.leadGroup(plan, terminal, "");
    }
  }

  /// Before there are pipes, whose ends no server is to hold.
  private void serve(Keeper.Machine machine) {
    if (machine.servers().isEmpty()) {
      return;
    }
    plan.because("show the machine directories of the host", "--volume");
    // A socket's address has no room for a long path.
    plan.call(Syscall.CHDIR, text(machine.directory()));
    for (int i = 0; i < machine.servers().size(); i++) {
      Slot socket = new Slot("serverfd");
      Label listening = plan.label("server " + i + " listens");
      String name = Keeper.Machine.socket(i);
      plan.tolerate(Errno.ENOENT, Syscall.UNLINKAT, AT_FDCWD, text(name), ZERO);
      Num stream = new Num(0x80001, "SOCK_STREAM|SOCK_CLOEXEC");
      plan.call(socket, Syscall.SOCKET, new Num(1, "AF_UNIX"), stream, ZERO);
      Operand address = GateSteps.address(name);
      plan.call(Syscall.BIND, value(socket), address, num(GateSteps.addressBytes(name)));
      plan.call(Syscall.LISTEN, value(socket), num(1));
      Slot server = new Slot("server pid");
      Slot nothing = new Slot("nullfd");
      Num flags = new Num(Names.SIGCHLD, "SIGCHLD");
      plan.call(server, Syscall.CLONE, flags, NULL, NULL, NULL, NULL);
      plan.branch(server, Condition.NOT_EQUAL, 0, listening);
      plan.attempt(Syscall.DUP3, value(socket), num(Keeper.Machine.SERVER_FD), ZERO);
      // It says something whenever a machine ends.
      plan.attempt(nothing, Syscall.OPENAT, AT_FDCWD, text("/dev/null"), or(O_RDWR, O_CLOEXEC));
      for (int number = 0; number <= 2; number++) {
        plan.attempt(Syscall.DUP3, value(nothing), num(number), ZERO);
      }
      execute(machine.servers().get(i), List.of());
      plan.mark(listening);
      plan.call(Syscall.CLOSE, value(socket));
    }
  }

  private boolean isPiped() {
    return terminal == Terminal.NONE;
  }

  private void makePipes() {
    plan.because("make pipes to the guest and from it");
    plan.add(new Op.Assign(Names.OUTPUT, num(-1)));
    plan.add(new Op.Assign(Names.ERRORS, num(-1)));
    if (keeper instanceof Keeper.Machine) {
      pipe(OTHER, TO_MACHINE, Keeper.Machine.SIGNALS_FD);
      pipe(FROM_MACHINE, OTHER, Keeper.Machine.STATUS_FD);
    }
    if (isPiped()) {
      pipe(Names.OUTPUT, OTHER, Keeper.OUTPUT_FD);
      pipe(Names.ERRORS, OTHER, Keeper.ERRORS_FD);
    }
  }

  /// Makes a pipe, whose end in [#OTHER] gets the number at which the child finds it.
  private void pipe(Slot reader, Slot writer, int number) {
    GuestStreams.pipe(plan, reader, writer);
    plan.call(Syscall.DUP3, value(OTHER), num(number), ZERO);
    plan.call(Syscall.CLOSE, value(OTHER));
  }

  private void keep() {
    Label next = plan.label("next event of the guest");
    Label end = plan.label("the guest has ended");
    plan.because("let go of the child's ends");
    plan.attempt(Syscall.CLOSE, value(Names.CHILD_END));
    for (int fd = Keeper.Machine.SIGNALS_FD; fd <= Keeper.ERRORS_FD; fd++) {
      plan.attempt(Syscall.CLOSE, num(fd));
    }
    plan.add(new Op.Assign(GONE, num(0)));
    plan.add(new Op.Assign(SAID, num(0)));
    plan.add(new Op.Assign(STDOUT, num(1)));
    plan.add(new Op.Assign(STDERR, num(2)));
    plan.mark(next);
    plan.because("wait for a signal, or something to show");
    StreamSteps.poll(plan, POLL, 0, SIGNALS);
    StreamSteps.poll(plan, POLL, 1, Names.OUTPUT);
    StreamSteps.poll(plan, POLL, 2, Names.ERRORS);
    if (keeper instanceof Keeper.Machine) {
      StreamSteps.poll(plan, POLL, 3, FROM_MACHINE);
      awaitMachine(end);
    } else {
      plan.call(Syscall.PPOLL, at(POLL), num(3), NULL, NULL, ZERO);
    }
    plan.because("show what the guest writes");
    // A reader that has gone away is no reason to stop the guest.
    StreamSteps steps = new StreamSteps(plan, StreamSteps.AtRefusal.GO_ON);
    steps.passIfReady(POLL, 1, Names.OUTPUT, STDOUT, SHOWN);
    steps.passIfReady(POLL, 2, Names.ERRORS, STDERR, SHOWN);
    if (keeper instanceof Keeper.Machine) {
      hearMachine();
    }
    takeSignal();
    goOnUnlessAllIsOver(next);
    plan.mark(end);
    if (keeper instanceof Keeper.Machine) {
      takeMachinesEnd();
    }
    ContainerPlanner.exitWith(plan, Names.EXIT_STATUS);
    // Only the child's end ends the loop.
    plan.mark(FAILED);
    EndPlanner.sayFailure(plan);
    ContainerPlanner.exitWith(plan, 125);
  }

  /// A machine that has said how its command ended has nothing more to show than what is on its
  /// way; an emulator that a move left behind must not keep the container.
  private void awaitMachine(Label end) {
    Label bounded = plan.label("wait for its emulator's end");
    Label polled = plan.label("something has happened");
    Struct limit =
        new Struct(List.of(new Field("tv_sec", 8, num(2)), new Field("tv_nsec", 8, ZERO)));
    plan.branch(SAID, Condition.NOT_EQUAL, 0, bounded);
    plan.call(Syscall.PPOLL, at(POLL), num(4), NULL, NULL, ZERO);
    plan.jump(polled);
    plan.mark(bounded);
    plan.call(Names.COUNT, Syscall.PPOLL, at(POLL), num(4), limit, NULL, ZERO);
    plan.branch(Names.COUNT, Condition.EQUAL, 0, end);
    plan.mark(polled);
  }

  private void goOnUnlessAllIsOver(Label next) {
    plan.branch(Names.OUTPUT, Condition.AT_LEAST, 0, next);
    plan.branch(Names.ERRORS, Condition.AT_LEAST, 0, next);
    if (keeper instanceof Keeper.Machine) {
      Label over = plan.label("the machine is gone");
      plan.branch(FROM_MACHINE, Condition.AT_LEAST, 0, next);
      plan.branch(SAID, Condition.NOT_EQUAL, 0, over);
      plan.branch(GONE, Condition.EQUAL, 0, next);
      plan.mark(over);
    } else {
      plan.branch(GONE, Condition.EQUAL, 0, next);
    }
  }

  private void takeSignal() {
    Label none = plan.label("no signal");
    Label reap = plan.label("reap the runner");
    StreamSteps.unlessReady(plan, POLL, 0, none);
    plan.because("pass signals to the guest");
    plan.call(Names.COUNT, Syscall.READ, value(SIGNALS), at(EVENT), num(128));
    plan.load(Names.SIGNAL, EVENT, 0, 4);
    plan.branch(Names.SIGNAL, Condition.EQUAL, Names.SIGCHLD, reap);
    switch (keeper) {
      case Keeper.Machine _ -> {
        plan.add(new Op.Store(Names.SIGNAL, GuestMessage.ORDER, GuestMessage.SIGNAL, 4));
        askSize(plan);
        Operand length = num(GuestMessage.ORDER.sizeBytes());
        plan.attempt(Syscall.WRITE, value(TO_MACHINE), at(GuestMessage.ORDER), length);
      }
      case Keeper.Sandbox(List<String> kill) -> deliver(kill);
      case Keeper.None() -> {}
    }
    plan.jump(none);
    plan.mark(reap);
    plan.because("reap what has ended");
    // One message may stand for several children, and the next then for none.
    plan.call(
        Slot.UNUSED,
        new OnError.Divert(EnumSet.of(Errno.ECHILD), none),
        Syscall.WAITID,
        new Num(0, "P_ALL"),
        ZERO,
        at(Names.SIGINFO),
        Names.WEXITED_NOHANG,
        NULL);
    plan.load(ENDED, Names.SIGINFO, Names.SI_PID, 4);
    plan.branch(ENDED, Condition.EQUAL, 0, none);
    plan.add(new Op.Compute(ENDED, ENDED, Arithmetic.SUBTRACT, value(RUNNER)));
    plan.branch(ENDED, Condition.NOT_EQUAL, 0, reap);
    plan.add(new Op.Assign(GONE, num(1)));
    ExitSteps.takeStatus(plan);
    plan.mark(none);
  }

  /// Appends what puts the size of this process's terminal into the message, should there be one.
  static void askSize(PlanBuilder plan) {
    Operand size = new Operand.BufferAddress(GuestMessage.ORDER, GuestMessage.SIZE);
    plan.attempt(Syscall.IOCTL, ZERO, TIOCGWINSZ, size);
  }

  private void deliver(List<String> kill) {
    Label sent = plan.label("signal is on its way");
    Slot messenger = new Slot("messenger pid");
    Num flags = new Num(Names.SIGCHLD, "SIGCHLD");
    plan.attempt(messenger, Syscall.CLONE, flags, NULL, NULL, NULL, NULL);
    plan.branch(messenger, Condition.NOT_EQUAL, 0, sent);
    execute(kill, List.of(new Operand.Format(List.of(value(Names.SIGNAL)))));
    plan.mark(sent);
  }

  /// Appends what becomes another program, or ends.
  private void execute(List<String> command, List<Operand> more) {
    Operand none = new Operand.Data(new byte[8], "[]");
    plan.attempt(Syscall.RT_SIGPROCMASK, Names.SIG_SETMASK, none, NULL, num(8));
    List<Operand> arguments = new ArrayList<>();
    for (String word : command) {
      arguments.add(text(word));
    }
    arguments.addAll(more);
    arguments.add(NULL);
    plan.attempt(
        Syscall.EXECVE,
        text(command.getFirst()),
        new Operand.Array(arguments),
        new Operand.Environment());
    ContainerPlanner.exitWith(plan, 127);
  }

  /// Appends what takes the machine's word for how its command ended. Whatever runs the machine by
  /// then holds the other end.
  private void hearMachine() {
    Label silent = plan.label("the machine says nothing");
    Label closed = plan.label("nobody runs the machine");
    StreamSteps.unlessReady(plan, POLL, 3, silent);
    plan.because("read how the machine's command ended");
    int length = GuestMessage.REPORT.sizeBytes();
    plan.call(Names.COUNT, Syscall.READ, value(FROM_MACHINE), at(GuestMessage.REPORT), num(length));
    plan.branch(Names.COUNT, Condition.NOT_EQUAL, length, closed);
    plan.add(new Op.Assign(SAID, num(1)));
    plan.jump(silent);
    plan.mark(closed);
    plan.attempt(Syscall.CLOSE, value(FROM_MACHINE));
    plan.add(new Op.Assign(FROM_MACHINE, num(-1)));
    plan.mark(silent);
  }

  /// Appends what makes the status that of the machine's command. A machine that says nothing was
  /// killed with its emulator, or has failed, and its emulator has said why.
  private void takeMachinesEnd() {
    Label said = plan.label("the machine said how");
    Label killed = plan.label("the emulator was killed");
    plan.because("tell how the machine's command ended");
    plan.branch(SAID, Condition.NOT_EQUAL, 0, said);
    plan.branch(Names.EXIT_STATUS, Condition.AT_LEAST, 128, killed);
    ContainerPlanner.exitWith(plan, 125);
    plan.mark(said);
    ExitSteps.takeReportedStatus(plan);
    plan.mark(killed);
  }
}
