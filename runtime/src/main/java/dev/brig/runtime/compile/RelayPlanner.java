package dev.brig.runtime.compile;

import static dev.brig.namespaces.Abi.NULL;
import static dev.brig.namespaces.Abi.ZERO;
import static dev.brig.namespaces.Abi.at;
import static dev.brig.namespaces.Abi.num;
import static dev.brig.namespaces.Abi.value;

import dev.brig.linux.Errno;
import dev.brig.linux.Syscall;
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
import dev.brig.runtime.compile.Keyboard.AtEnd;
import java.util.EnumSet;
import java.util.List;

/// Makes the loop of a supervisor: signals to the container, its output to the log or the terminal,
/// the terminal's input and size to it, until it ends.
final class RelayPlanner {
  private static final Buffer POLL = new Buffer("pollfds", 64);
  private static final Buffer EVENT = new Buffer("signalfd_siginfo", 128);
  private static final Buffer CHUNK = new Buffer("chunk", 16384);
  private static final Buffer SIZE = new Buffer("winsize", 8);
  private static final Slot POLLIN = new Slot("POLLIN");
  private static final Slot RESTORED = new Slot("restored");
  private static final Slot READY = new Slot("revents");
  private static final Slot ENDED_PID = new Slot("si_pid");
  private static final long POLLIN_POLLHUP_POLLERR = 1 | 0x10 | 8;
  private static final Num TIOCGWINSZ = new Num(0x5413, "TIOCGWINSZ");
  private static final Num TIOCSWINSZ = new Num(0x5414, "TIOCSWINSZ");
  private static final Num TCSETSW = new Num(0x5403, "TCSETSW");
  private static final Buffer EXPIRATIONS = new Buffer("expirations", 8);
  private static final Slot SIZE_KNOWN = new Slot("size known");

  /// For reading what a running container writes. Nothing is there just now, or, EIO, the last
  /// process has closed the terminal. Without any other read the container would wait for ever.
  private static final OnError UNLESS_AT_END =
      new OnError.Tolerate(EnumSet.of(Errno.EAGAIN, Errno.EIO));

  /// For reading the last of it: the container has ended, and its status comes first.
  private static final OnError IGNORED = new OnError.Ignore();

  private final PlanBuilder plan;
  private final Streams streams;
  private final Launch.Service service;
  private final LogSteps log;
  private final Keyboard keyboard;

  RelayPlanner(PlanBuilder plan, Streams streams, Launch.State state) {
    this.plan = plan;
    this.streams = streams;
    this.service = state.service();
    this.log = new LogSteps(plan, state);
    this.keyboard =
        switch (streams) {
          case Streams.LoggedTerminal _ ->
              new Keyboard(plan, value(Names.INPUT), Names.OUTPUT, AtEnd.NOTHING);
          case Streams.Shown _ -> new Keyboard(plan, ZERO, Names.OUTPUT, AtEnd.TYPE_END);
          case Streams.Relayed _, Streams.Inherited _, Streams.Logged _, Streams.Sent _ ->
              new Keyboard(plan, ZERO, Names.OUTPUT, AtEnd.NOTHING);
        };
  }

  /// Appends the loop.
  ///
  /// @param ended where it goes when the container's first process has ended, its end in
  ///   [Names#SIGINFO]
  void loop(Label ended) {
    begin();
    Label loop = plan.label("wait for something to do");
    plan.mark(loop);
    plan.because("wait for signals and output");
    int count = fillPoll();
    if (service.timeoutSeconds() > 0) {
      poll(count++, Names.TIMER);
    }
    plan.call(
        Names.UNUSED,
        new OnError.Divert(EnumSet.of(Errno.EINTR), loop),
        Syscall.PPOLL,
        at(POLL),
        num(count),
        NULL,
        NULL,
        ZERO);
    switch (streams) {
      case Streams.Inherited _, Streams.Sent _ -> {}
      case Streams.Logged _ -> {
        log(Names.OUTPUT, 1, 1);
        log(Names.ERRORS, 2, 2);
      }
      case Streams.LoggedTerminal(Streams.Input input) -> {
        log(Names.OUTPUT, 1, 1);
        type(input);
      }
      case Streams.Shown(Streams.Input input) -> {
        toTerminal(1);
        type(input);
      }
      case Streams.Relayed _ -> {
        toTerminal(1);
        keyboard.pass(POLL);
      }
    }
    if (service.timeoutSeconds() > 0) {
      expire(count - 1);
    }
    signals(loop, ended);
  }

  private void type(Streams.Input input) {
    if (input == Streams.Input.PASSED) {
      keyboard.pass(POLL);
    }
  }

  private void startTimer() {
    plan.because("limit how long it runs", "--timeout");
    Num flags = new Num(0x80800, "TFD_CLOEXEC|TFD_NONBLOCK");
    plan.call(Names.TIMER, Syscall.TIMERFD_CREATE, new Num(1, "CLOCK_MONOTONIC"), flags);
    Struct once =
        new Struct(
            List.of(
                new Field("it_interval.tv_sec", 8, ZERO),
                new Field("it_interval.tv_nsec", 8, ZERO),
                new Field("it_value.tv_sec", 8, num(service.timeoutSeconds())),
                new Field("it_value.tv_nsec", 8, ZERO)));
    plan.call(Syscall.TIMERFD_SETTIME, value(Names.TIMER), ZERO, once, NULL);
  }

  private void expire(int index) {
    plan.because("kill the container when its time is over", "--timeout");
    Label skip = unlessReady(index);
    plan.attempt(Syscall.READ, value(Names.TIMER), at(EXPIRATIONS), num(8));
    plan.attempt(Syscall.PIDFD_SEND_SIGNAL, value(Names.PIDFD), Names.SIGKILL, NULL, ZERO);
    plan.mark(skip);
  }

  private void begin() {
    if (service.timeoutSeconds() > 0) {
      startTimer();
    }
    plan.because("serve the running container");
    plan.add(new Op.Assign(POLLIN, num(1)));
    switch (streams) {
      case Streams.Inherited _, Streams.Logged _, Streams.Sent _ -> {}
      case Streams.LoggedTerminal _ -> nonblocking(Names.OUTPUT);
      case Streams.Shown _ -> {
        nonblocking(Names.OUTPUT);
        resize();
      }
      case Streams.Relayed _ -> {
        nonblocking(Names.OUTPUT);
        resize();
        takeTerminal();
      }
    }
  }

  /// Appends the steps that have the caller's terminal pass on every key as it is typed.
  void takeTerminal() {
    if (streams instanceof Streams.Relayed(Streams.Attributes cooked, Streams.Attributes raw)) {
      new TerminalGuard(plan).post(cooked);
      plan.because("put the caller's terminal into raw mode", "-t");
      plan.call(Syscall.IOCTL, ZERO, TCSETSW, new Operand.Data(raw.bytes(), "<raw mode>"));
    }
  }

  private void nonblocking(Slot fd) {
    Num flags = new Num(0x802, "O_RDWR|O_NONBLOCK");
    plan.call(Syscall.FCNTL, value(fd), new Num(4, "F_SETFL"), flags);
  }

  private int fillPoll() {
    poll(0, Names.SIGNALFD);
    return switch (streams) {
      case Streams.Inherited _, Streams.Sent _ -> 1;
      case Streams.Logged _ -> {
        poll(1, Names.OUTPUT);
        poll(2, Names.ERRORS);
        yield 3;
      }
      case Streams.LoggedTerminal(Streams.Input input) -> pollTerminal(input);
      case Streams.Shown(Streams.Input input) -> pollTerminal(input);
      case Streams.Relayed _ -> {
        keyboard.poll(POLL);
        yield 3;
      }
    };
  }

  private int pollTerminal(Streams.Input input) {
    if (input == Streams.Input.PASSED) {
      keyboard.poll(POLL);
      return 3;
    }
    poll(1, Names.OUTPUT);
    return 2;
  }

  private void poll(int index, Slot fd) {
    plan.add(new Op.Store(fd, POLL, index * 8, 4));
    plan.add(new Op.Store(POLLIN, POLL, index * 8 + 4, 4));
  }

  private Label unlessReady(int index) {
    Label skip = plan.label("nothing ready");
    plan.load(READY, POLL, index * 8 + 6, 2);
    plan.branch(READY, Condition.NO_BIT, POLLIN_POLLHUP_POLLERR, skip);
    return skip;
  }

  private void log(Slot fd, int index, int stream) {
    plan.because("log the container's output", "-d");
    Label skip = unlessReady(index);
    readAndLog(fd, stream, skip, UNLESS_AT_END);
    plan.mark(skip);
  }

  /// Appends a read and a write of what it brought; at the end of the stream the descriptor becomes
  /// -1.
  private void readAndLog(Slot fd, int stream, Label done, OnError onError) {
    Label some = plan.label("some output");
    Num size = num(CHUNK.sizeBytes());
    plan.call(Names.COUNT, onError, Syscall.READ, value(fd), at(CHUNK), size);
    plan.branch(Names.COUNT, Condition.AT_LEAST, 1, some);
    plan.branch(Names.COUNT, Condition.EQUAL, -Errno.EAGAIN.number(), done);
    plan.add(new Op.Assign(fd, new Num(-1)));
    plan.jump(done);
    plan.mark(some);
    log.write(CHUNK, stream);
  }

  private void toTerminal(int index) {
    plan.because("pass the container's output to the terminal", "-t");
    Label skip = unlessReady(index);
    readAndShow(skip, UNLESS_AT_END);
    plan.mark(skip);
  }

  private void readAndShow(Label done, OnError onError) {
    Label some = plan.label("some output");
    Operand output = value(Names.OUTPUT);
    plan.call(Names.COUNT, onError, Syscall.READ, output, at(CHUNK), num(CHUNK.sizeBytes()));
    plan.branch(Names.COUNT, Condition.AT_LEAST, 1, some);
    plan.branch(Names.COUNT, Condition.EQUAL, -Errno.EAGAIN.number(), done);
    // EIO: the last process has closed the terminal.
    plan.add(new Op.Assign(Names.OUTPUT, new Num(-1)));
    plan.jump(done);
    plan.mark(some);
    new Display(plan).show(CHUNK);
  }

  private void signals(Label loop, Label ended) {
    Label next = plan.label("next signal");
    Label check = plan.label("a child has ended");
    plan.mark(next);
    plan.because("pass signals on");
    // EAGAIN: that was the last one.
    OnError last = new OnError.Divert(EnumSet.of(Errno.EAGAIN), loop);
    plan.call(Names.COUNT, last, Syscall.READ, value(Names.SIGNALFD), at(EVENT), num(128));
    plan.load(Names.SIGNAL, EVENT, 0, 4);
    plan.branch(Names.SIGNAL, Condition.EQUAL, Names.SIGCHLD, check);
    // SIGURG and SIGPIPE are about this process; SIGTTOU never gets past the terminal.
    plan.branch(Names.SIGNAL, Condition.EQUAL, 23, next);
    plan.branch(Names.SIGNAL, Condition.EQUAL, 13, next);
    plan.branch(Names.SIGNAL, Condition.EQUAL, 22, next);
    if (isShown()) {
      Label forward = plan.label("not the window's size");
      plan.branch(Names.SIGNAL, Condition.NOT_EQUAL, 28, forward);
      resize();
      plan.jump(next);
      plan.mark(forward);
      plan.because("pass signals on");
    }
    plan.attempt(Syscall.PIDFD_SEND_SIGNAL, value(Names.PIDFD), value(Names.SIGNAL), NULL, ZERO);
    plan.jump(next);
    plan.mark(check);
    plan.because("see whether the container has ended");
    plan.call(
        Syscall.WAITID,
        Names.P_PIDFD,
        value(Names.PIDFD),
        at(Names.SIGINFO),
        Names.WEXITED_NOHANG,
        NULL);
    plan.load(ENDED_PID, Names.SIGINFO, Names.SI_PID, 4);
    plan.branch(ENDED_PID, Condition.EQUAL, 0, next);
    plan.jump(ended);
  }

  private void resize() {
    plan.because("give the container's terminal the size of the caller's", "-t");
    Label known = plan.label("size known");
    Label unknown = plan.label("size unknown");
    plan.attempt(SIZE_KNOWN, Syscall.IOCTL, ZERO, TIOCGWINSZ, at(SIZE));
    if (streams instanceof Streams.Shown) {
      plan.branch(SIZE_KNOWN, Condition.EQUAL, 0, known);
      plan.attempt(SIZE_KNOWN, Syscall.IOCTL, num(1), TIOCGWINSZ, at(SIZE));
      plan.mark(known);
    }
    plan.branch(SIZE_KNOWN, Condition.NOT_EQUAL, 0, unknown);
    plan.attempt(Syscall.IOCTL, value(Names.OUTPUT), TIOCSWINSZ, at(SIZE));
    plan.mark(unknown);
  }

  private boolean isShown() {
    return switch (streams) {
      case Streams.Relayed _, Streams.Shown _ -> true;
      case Streams.Inherited _, Streams.Logged _, Streams.LoggedTerminal _, Streams.Sent _ -> false;
    };
  }

  /// Appends the steps that pass on what the container wrote before it ended.
  void drain() {
    switch (streams) {
      case Streams.Inherited _, Streams.Sent _ -> {}
      case Streams.Logged _ -> {
        drainLog(Names.OUTPUT, 1);
        drainLog(Names.ERRORS, 2);
      }
      case Streams.LoggedTerminal _, Streams.Shown _ -> drainTerminal();
      case Streams.Relayed _ -> {
        drainTerminal();
        restoreTerminal();
      }
    }
  }

  private void drainLog(Slot fd, int stream) {
    plan.because("log the last of the output", "-d");
    Label more = plan.label("more output");
    Label done = plan.label("no more output");
    plan.mark(more);
    readAndLog(fd, stream, done, IGNORED);
    plan.jump(more);
    plan.mark(done);
  }

  private void drainTerminal() {
    plan.because("pass on the last of the output", "-t");
    Label more = plan.label("more output");
    Label done = plan.label("no more output");
    plan.mark(more);
    plan.branch(Names.OUTPUT, Condition.EQUAL, -1, done);
    poll(0, Names.OUTPUT);
    // The terminal hands output on from a kernel thread: it may still be on its way, but not for
    // long.
    Struct second =
        new Struct(
            List.of(new Field("tv_sec", 8, ZERO), new Field("tv_nsec", 8, num(200_000_000))));
    plan.attempt(Names.COUNT, Syscall.PPOLL, at(POLL), num(1), second, NULL, ZERO);
    plan.branch(Names.COUNT, Condition.NOT_EQUAL, 1, done);
    if (isShown()) {
      readAndShow(done, IGNORED);
    } else {
      readAndLog(Names.OUTPUT, 1, done, IGNORED);
    }
    plan.jump(more);
    plan.mark(done);
  }

  /// Appends the step that gives the caller's terminal its attributes back.
  void restoreTerminal() {
    if (streams instanceof Streams.Relayed(Streams.Attributes cooked, _)) {
      plan.because("restore the caller's terminal", "-t");
      Operand attributes = new Operand.Data(cooked.bytes(), "<mode before>");
      Label kept = plan.label("the guard restores it");
      plan.attempt(RESTORED, Syscall.IOCTL, ZERO, TCSETSW, attributes);
      plan.branch(RESTORED, Condition.LESS, 0, kept);
      new TerminalGuard(plan).dismiss();
      plan.mark(kept);
    }
  }
}
