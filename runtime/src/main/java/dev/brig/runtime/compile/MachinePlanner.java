package dev.brig.runtime.compile;

import static dev.brig.namespaces.Abi.NULL;
import static dev.brig.namespaces.Abi.O_CLOEXEC;
import static dev.brig.namespaces.Abi.ZERO;
import static dev.brig.namespaces.Abi.at;
import static dev.brig.namespaces.Abi.num;
import static dev.brig.namespaces.Abi.value;

import dev.brig.linux.Errno;
import dev.brig.linux.Syscall;
import dev.brig.plan.Arithmetic;
import dev.brig.plan.Buffer;
import dev.brig.plan.Condition;
import dev.brig.plan.Label;
import dev.brig.plan.OnError;
import dev.brig.plan.Op;
import dev.brig.plan.Operand;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.PlanBuilder;
import dev.brig.plan.Slot;
import java.util.EnumSet;

/// Makes the first process of a container run a machine's emulator as its child: it shows what the
/// machine writes, passes signals to it, and ends as the machine's command ended.
///
/// The emulator opens its ends of pipes by path; descriptors of its caller's, files and sockets,
/// could not be had so.
final class MachinePlanner {
  private static final Label FAILED = new Label("machine's keeper failed");
  private static final Slot EMULATOR = new Slot("emulator pid");
  private static final Slot SIGNALS = new Slot("keeper signalfd");
  private static final Slot TO_MACHINE = new Slot("machine's signalsfd");
  private static final Slot FROM_MACHINE = new Slot("machine's statusfd");
  private static final Slot OTHER = new Slot("pipefd");
  private static final Slot READY = new Slot("revents");
  private static final Slot ENDED = new Slot("si_pid");
  private static final Slot GONE = new Slot("emulator is gone");
  private static final Slot WRITTEN = new Slot("written bytes");
  private static final Buffer EVENT = new Buffer("signalfd_siginfo", 128);
  private static final Buffer POLL = new Buffer("keeper's pollfds", 24);
  private static final Buffer CHUNK = new Buffer("machine's chunk", 16384);

  private final PlanBuilder plan;

  MachinePlanner(PlanBuilder plan) {
    this.plan = plan;
  }

  /// Appends the fork, the keeper's loop, and the first steps of the child, which goes on to become
  /// the emulator.
  void split() {
    Label emulator = plan.label("emulator");
    plan.because("take signals as messages");
    byte[] all = {-1, -1, -1, -1, -1, -1, -1, -1};
    Operand mask = new Operand.Data(all, "~[]");
    plan.call(Syscall.RT_SIGPROCMASK, Names.SIG_SETMASK, mask, NULL, num(8));
    Num flags = new Num(0x80000, "SFD_CLOEXEC");
    plan.call(SIGNALS, Syscall.SIGNALFD4, new Num(-1), mask, num(8), flags);
    plan.because("make pipes to the machine and from it");
    pipe(OTHER, TO_MACHINE, Delivery.Machine.SIGNALS_FD);
    pipe(FROM_MACHINE, OTHER, Delivery.Machine.STATUS_FD);
    pipe(Names.OUTPUT, OTHER, Delivery.Machine.OUTPUT_FD);
    pipe(Names.ERRORS, OTHER, Delivery.Machine.ERRORS_FD);
    plan.because("run the emulator below a small init");
    plan.call(EMULATOR, Syscall.CLONE, new Num(Names.SIGCHLD, "SIGCHLD"), NULL, NULL, NULL, NULL);
    plan.branch(EMULATOR, Condition.EQUAL, 0, emulator);
    plan.add(new Op.Guard("init", FAILED));
    keep();
    plan.add(new Op.Guard("container", Names.CHILD_FAILED));
    plan.mark(emulator);
    plan.because("lead a process group of its own");
    plan.call(Syscall.SETPGID, ZERO, ZERO);
  }

  /// Makes a pipe, whose end in [#OTHER] gets the number at which the emulator finds it.
  private void pipe(Slot reader, Slot writer, int number) {
    plan.call(Syscall.PIPE2, at(Names.PAIR), O_CLOEXEC);
    plan.load(reader, Names.PAIR, 0, 4);
    plan.load(writer, Names.PAIR, 4, 4);
    plan.call(Syscall.DUP3, value(OTHER), num(number), ZERO);
    plan.call(Syscall.CLOSE, value(OTHER));
  }

  private void keep() {
    Label next = plan.label("next event of the machine");
    Label errors = plan.label("see to errors");
    Label signals = plan.label("see to signals");
    plan.because("let go of the emulator's ends");
    plan.attempt(Syscall.CLOSE, value(Names.CHILD_END));
    for (int fd = Delivery.Machine.SIGNALS_FD; fd <= Delivery.Machine.ERRORS_FD; fd++) {
      plan.attempt(Syscall.CLOSE, num(fd));
    }
    plan.add(new Op.Assign(GONE, num(0)));
    plan.mark(next);
    plan.because("wait for a signal, or something to show");
    poll(SIGNALS, 0);
    poll(Names.OUTPUT, 8);
    poll(Names.ERRORS, 16);
    plan.call(Syscall.PPOLL, at(POLL), num(3), NULL, NULL, ZERO);
    show(Names.OUTPUT, 8, 1, errors);
    plan.mark(errors);
    show(Names.ERRORS, 16, 2, signals);
    plan.mark(signals);
    takeSignal(next);
    // Only the emulator's end ends the loop.
    plan.mark(FAILED);
    EndPlanner.sayFailure(plan);
    ContainerPlanner.exitWith(plan, 125);
  }

  private void poll(Slot descriptor, int offset) {
    plan.add(new Op.Store(descriptor, POLL, offset, 4));
    plan.add(new Op.Assign(READY, num(1)));
    plan.add(new Op.Store(READY, POLL, offset + 4, 4));
  }

  /// Appends what shows a chunk. A reader that has gone away is no reason to stop the machine.
  private void show(Slot source, int offset, int target, Label done) {
    Label ended = plan.label("end of stream " + target);
    Label more = plan.label("write to stream " + target);
    Label over = plan.label("stream " + target + " is closed");
    plan.load(READY, POLL, offset + 6, 2);
    plan.branch(READY, Condition.EQUAL, 0, done);
    plan.because("show what the machine writes");
    plan.call(Names.COUNT, Syscall.READ, value(source), at(CHUNK), num(CHUNK.sizeBytes()));
    plan.branch(Names.COUNT, Condition.EQUAL, 0, ended);
    plan.add(new Op.Assign(WRITTEN, num(0)));
    plan.mark(more);
    plan.call(
        READY,
        new OnError.Divert(EnumSet.of(Errno.EPIPE, Errno.EIO, Errno.EBADF), over),
        Syscall.WRITE,
        num(target),
        new Operand.BufferAt(CHUNK, WRITTEN),
        value(Names.COUNT));
    plan.add(new Op.Compute(WRITTEN, WRITTEN, Arithmetic.ADD, value(READY)));
    plan.add(new Op.Compute(Names.COUNT, Names.COUNT, Arithmetic.SUBTRACT, value(READY)));
    plan.branch(Names.COUNT, Condition.NOT_EQUAL, 0, more);
    plan.mark(over);
    plan.jump(done);
    plan.mark(ended);
    plan.attempt(Syscall.CLOSE, value(source));
    plan.add(new Op.Assign(source, num(-1)));
  }

  private void takeSignal(Label next) {
    Label none = plan.label("no signal");
    Label reap = plan.label("reap the machine");
    plan.load(READY, POLL, 6, 2);
    plan.branch(READY, Condition.EQUAL, 0, none);
    plan.because("pass signals to the machine");
    plan.call(Names.COUNT, Syscall.READ, value(SIGNALS), at(EVENT), num(128));
    plan.load(Names.SIGNAL, EVENT, 0, 4);
    plan.branch(Names.SIGNAL, Condition.EQUAL, Names.SIGCHLD, reap);
    plan.add(new Op.Store(Names.SIGNAL, Names.MESSAGE, 0, 1));
    plan.attempt(Syscall.WRITE, value(TO_MACHINE), at(Names.MESSAGE), num(1));
    plan.jump(none);
    plan.mark(reap);
    plan.because("reap what has ended");
    plan.call(
        Syscall.WAITID, new Num(0, "P_ALL"), ZERO, at(Names.SIGINFO), Names.WEXITED_NOHANG, NULL);
    plan.load(ENDED, Names.SIGINFO, Names.SI_PID, 4);
    plan.branch(ENDED, Condition.EQUAL, 0, none);
    plan.add(new Op.Compute(ENDED, ENDED, Arithmetic.SUBTRACT, value(EMULATOR)));
    plan.branch(ENDED, Condition.NOT_EQUAL, 0, reap);
    plan.add(new Op.Assign(GONE, num(1)));
    plan.mark(none);
    plan.branch(GONE, Condition.EQUAL, 0, next);
    plan.branch(Names.OUTPUT, Condition.AT_LEAST, 0, next);
    plan.branch(Names.ERRORS, Condition.AT_LEAST, 0, next);
    end();
  }

  /// Appends what makes the end of the machine's command the end of this process. A machine that
  /// says nothing has failed, and its emulator has said why.
  private void end() {
    Label said = plan.label("the machine said how");
    Label exited = plan.label("its command exited");
    plan.because("read how the machine's command ended");
    plan.attempt(
        Names.COUNT,
        Syscall.READ,
        value(FROM_MACHINE),
        at(Names.MESSAGE),
        num(GuestPlanner.STATUS_BYTES));
    plan.branch(Names.COUNT, Condition.EQUAL, GuestPlanner.STATUS_BYTES, said);
    ContainerPlanner.exitWith(plan, 125);
    plan.mark(said);
    plan.load(ENDED, Names.MESSAGE, 0, 4);
    plan.load(Names.EXIT_STATUS, Names.MESSAGE, 4, 4);
    plan.branch(ENDED, Condition.EQUAL, Names.CLD_EXITED, exited);
    plan.add(new Op.Compute(Names.EXIT_STATUS, Names.EXIT_STATUS, Arithmetic.ADD, num(128)));
    plan.mark(exited);
    ContainerPlanner.exitWith(plan, Names.EXIT_STATUS);
  }
}
